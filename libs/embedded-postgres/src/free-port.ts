import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { systemErrorCode } from './embedded-postgres.errors';

/** Address the embedded PostgreSQL listens on; never anything wider. */
export const LOOPBACK = '127.0.0.1';

/** Whether nobody listens on that loopback port at this moment. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
}

/** A loopback port that was free a moment ago; somebody else may still take it first. */
export async function findFreePort(): Promise<number> {
  return listenOnce(0);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  const { port: found } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return found;
}
