import { parseArgs } from 'node:util';

const usage = `Usage: npm start
       npm start -- --help

Starts the TAMS server. It takes no options: every setting is an environment variable, and docs/configuration.md describes
them all. The first you may want:

  PORT, HOST                where it listens (8000 on 127.0.0.1)
  DATA_DIR                  where it keeps what it keeps itself (./data)
  DATABASE_URL              your PostgreSQL instead of its own
  S3_BUCKET, S3_ENDPOINT    your object store instead of files
  PUBLIC_BASE_URL           the address clients reach it under
  AUTH_MODE                 who may do what (docs/authentication.md)

Ctrl-C, or SIGTERM, stops it in order.`;

/** Exit code of a command line nobody can understand, as shells use it. */
const MISUSED = 2;

/**
 * Reads the command line of the server, which has one option.
 * @returns what to print and the code to end with; undefined when the server is to start
 */
export function answerCommandLine(words: readonly string[]): { text: string; exitCode: number } | undefined {
  try {
    const { values } = parseArgs({ args: [...words], options: { help: { type: 'boolean', short: 'h' } } });
    return values.help ? { text: usage, exitCode: 0 } : undefined;
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${usage}`, exitCode: MISUSED };
  }
}
