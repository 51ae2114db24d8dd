import { createServer } from 'node:net';

/** The port the server should answer on cannot be had; the message says what to do. */
export class PortUnavailableError extends Error {
  override readonly name = 'PortUnavailableError';
}

/**
 * Makes sure that a port can be listened on, before minutes of work are put into what would then have to stop again.
 * @throws {PortUnavailableError}
 */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw new PortUnavailableError(explanation(error as NodeJS.ErrnoException, host, port), { cause: error });
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** What an error means that ended a start: the port was taken after all, or it is something else. */
export function startFailure(error: unknown, host: string, port: number): unknown {
  if ((error as NodeJS.ErrnoException | null)?.syscall !== 'listen') return error;
  return new PortUnavailableError(explanation(error as NodeJS.ErrnoException, host, port), { cause: error });
}

function explanation(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use: stop what listens there or set PORT.`;
    case 'EACCES':
      return `Port ${port} may not be used by this account: set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine: correct HOST.`;
    case undefined:
    default:
      return `Port ${port} of ${host} cannot be listened on: ${error.message}`;
  }
}
