import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import { TamsClient } from './client/tams-client';
import { describeError } from './terminal';

/** Options that every command has. */
export interface CommonOptions {
  url: string;
  token?: string;
  json?: boolean;
}

const DEFAULT_URL = 'http://localhost:8000';

/** Adds a command as people start it, `npm run <name> -- ...`; a slip is answered with one line, not with all the help. */
export function addCommand(program: Command, name: string, argument: string, script = name): Command {
  const [first = name, ...rest] = script.split(' ');
  const usage = ['npm run', first, '--', ...rest, '[options]', argument].join(' ').trim();
  return program
    .command(name)
    .configureHelp({ commandUsage: () => usage })
    .showHelpAfterError(`Usage: ${usage}   (npm run ${first} -- ${[...rest, '--help'].join(' ')} says more)`);
}

/** Adds the common options; the environment gives the defaults, so that a token need not stand in the shell's history. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', `base URL of the TAMS server (or TAMS_URL; default ${DEFAULT_URL})`)
    .option('--token <token>', 'bearer token (better: TAMS_TOKEN, since others on the machine can read arguments)')
    .option('--json', 'print one JSON result and nothing else')
    .hook('preAction', (_root, action) => {
      if (action.getOptionValue('url') === undefined)
        action.setOptionValue('url', process.env['TAMS_URL'] ?? DEFAULT_URL);
      if (action.getOptionValue('token') === undefined) action.setOptionValue('token', process.env['TAMS_TOKEN']);
    });
}

/** The client for a command; `signal` ends it when the person presses Ctrl-C. */
export function clientFor(options: CommonOptions, signal: AbortSignal): TamsClient {
  return new TamsClient({ url: options.url, token: options.token, signal });
}

/** The client for a live ingest: it waits out a restart of the server, and Ctrl-C ends the stream, not the sending. */
export function patientClientFor(options: CommonOptions): TamsClient {
  return new TamsClient({ url: options.url, token: options.token, retry: { attempts: 14, firstDelay: 500 } });
}

/** A path as the person meant it: npm runs scripts in the project's folder and tells in INIT_CWD where the person was. */
export function pathFromCaller(path: string): string {
  return path === '-' || /^[a-z]+:\/\//i.test(path) ? path : resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Reads `--concurrency`. @throws InvalidArgumentError for anything but 1 to 32 */
export function readConcurrency(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 32) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 32.');
}

/** Reads a number of seconds. @throws InvalidArgumentError for anything but 0.1 to 600 */
export function readSeconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0.1 && value <= 600) return value;
  throw new InvalidArgumentError('It must be a number of seconds from 0.1 to 600.');
}

/** Shows a failure, for people or for machines, and sets the exit code. */
export function showFailure(error: unknown, json: boolean | undefined): void {
  process.exitCode = 1;
  if (!json) {
    console.error(describeError(error));
    return;
  }
  const message = Error.isError(error) ? error.message : String(error);
  const next = Error.isError(error) && 'next' in error ? error.next : undefined;
  const status = Error.isError(error) && 'status' in error ? error.status : undefined;
  console.log(JSON.stringify({ ok: false, error: { message, next, status } }));
}
