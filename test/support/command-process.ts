import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program of apps/tams-api from its sources, in a process of its own.
 * @param program path of its entry, for example `apps/tams-api/src/reconcile.ts`
 * @param environment its settings
 */
export function runProgram(
  program: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(__dirname, 'run-server.cjs'), program, ...options],
      { env: { PATH: process.env['PATH'], ...environment } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}
