// eslint-disable-next-line no-restricted-imports -- to silence Nest's own lines
import { Logger } from '@nestjs/common';
import { EmbeddedPostgresError } from '@tams/embedded-postgres';
import { ConfigurationError } from '@tams/platform';
import { setLogLevel } from '@tams/telemetry';
import { MaintenanceError } from './maintenance-store';

/** Exit codes of the commands. */
export const exitCodes = { well: 0, findings: 1, failed: 2 } as const;

/**
 * Runs a command at the terminal to its end and ends the process with the code it returns. The first Ctrl-C aborts the
 * signal, the second ends the process. Nothing but the command itself writes to standard output.
 */
export async function runCommand(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  Logger.overrideLogger(false);
  setLogLevel('silent');
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort(new MaintenanceError('Interrupted. What was done so far is complete; run it again to go on.'));
    });
  }
  let code: number = exitCodes.failed;
  try {
    code = await work(interruption.signal);
  } catch (error) {
    const forPeople = [ConfigurationError, EmbeddedPostgresError, MaintenanceError].some(
      (kind) => error instanceof kind,
    );
    console.error(forPeople ? (error as Error).message : error);
  }
  // Output to a pipe is written later than console.log returns.
  process.stdout.write('', () => process.exit(code));
}
