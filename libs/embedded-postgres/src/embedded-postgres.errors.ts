/**
 * Why the embedded PostgreSQL cannot serve:
 * - `unsupported`: no PostgreSQL binaries for this machine, or they do not run here
 * - `account`: no operating-system account that PostgreSQL accepts, or files that belong to another one
 * - `unreachable`: that account cannot enter the directories it needs
 * - `owned-elsewhere`: another live server uses the data directory
 * - `still-running`: processes of an earlier run have not let go of the cluster yet (worth another try)
 * - `cluster-version`: the cluster was made by another PostgreSQL major version
 * - `cluster-incomplete`: a file that belongs to the cluster is missing
 * - `disk-full`, `port-taken`: as named
 * - `interrupted`: start-up was aborted
 * - `start-failed`: anything else; the message carries PostgreSQL's last words
 * - `stopped-unexpectedly`: PostgreSQL ended while in use
 */
export type EmbeddedPostgresErrorCode =
  | 'unsupported'
  | 'account'
  | 'unreachable'
  | 'owned-elsewhere'
  | 'still-running'
  | 'cluster-version'
  | 'cluster-incomplete'
  | 'disk-full'
  | 'port-taken'
  | 'interrupted'
  | 'start-failed'
  | 'stopped-unexpectedly';

/** A failure of the embedded PostgreSQL; the message says what happened and what to do next. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Said wherever the way out is a PostgreSQL of one's own. */
export const USE_OWN_POSTGRES = 'or set DATABASE_URL to a PostgreSQL 14 or newer of your own';

interface KnownFailure {
  pattern: RegExp;
  code: EmbeddedPostgresErrorCode;
  advice: string;
}

/** Most specific first: "No space left" also ends the message about shared memory, which no disk clean-up cures. */
const KNOWN_FAILURES: KnownFailure[] = [
  {
    pattern: /could not (resize|create) shared memory segment/,
    code: 'start-failed',
    advice:
      'Shared memory is too small: give the container more (docker run --shm-size=256m, or an emptyDir on /dev/shm).',
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: 'disk-full',
    advice: 'The disk that holds DATA_DIR is full: free some space there, or set DATA_DIR to a larger disk.',
  },
  {
    pattern: /could not bind .* address|Address already in use/,
    code: 'port-taken',
    advice: 'Another program listens on that port of 127.0.0.1: stop it, or choose another port.',
  },
  {
    pattern: /database files are incompatible with server/,
    code: 'cluster-version',
    advice: `The cluster was made by another PostgreSQL version: use the server version that made it, ${USE_OWN_POSTGRES}.`,
  },
  {
    pattern: /pre-existing shared memory block|lock file "postmaster\.pid" already exists|is another postmaster/i,
    code: 'still-running',
    advice:
      'Processes of an earlier PostgreSQL still use the cluster: wait some seconds, or end them, and start again.',
  },
  {
    pattern: /could not look up effective user ID/,
    code: 'account',
    advice: `This user id has no entry in /etc/passwd, which PostgreSQL requires: run as a named user, ${USE_OWN_POSTGRES}.`,
  },
  {
    pattern: /error while loading shared libraries|Library not loaded|version `GLIBC/,
    code: 'unsupported',
    advice: `PostgreSQL's libraries do not load here: run "npm rebuild" (install scripts must be allowed), ${USE_OWN_POSTGRES}.`,
  },
  {
    pattern: /wrong ownership|invalid permissions|Permission denied/,
    code: 'account',
    advice: `A file of the cluster cannot be used by the account PostgreSQL runs as: give the cluster directory back to its owner (chown -R), ${USE_OWN_POSTGRES}.`,
  },
];

/**
 * Turns the last lines that PostgreSQL (or initdb) wrote into an error that names the cause and the next step.
 * `what` says what was being done, as the start of a sentence.
 */
export function explainFailure(what: string, lastLines: readonly string[]): EmbeddedPostgresError {
  const output = lastLines.join('\n');
  const known = KNOWN_FAILURES.find(({ pattern }) => pattern.test(output));
  const advice = known?.advice ?? `If the lines below do not tell you what to change, ${USE_OWN_POSTGRES.slice(3)}.`;
  const said = output === '' ? 'PostgreSQL wrote nothing.' : `PostgreSQL's last lines:\n${output}`;
  return new EmbeddedPostgresError(known?.code ?? 'start-failed', `${what}. ${advice}\n${said}`);
}

/** Names the cause where a system call of ours failed for a reason that an operator can remove; anything else as it is. */
export function explainSystemError(error: unknown, dataDirectory: string): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return explainFailure(`The embedded PostgreSQL could not start in ${dataDirectory}`, [messageOf(error)]);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EmbeddedPostgresError(
        'account',
        `The embedded PostgreSQL could not start in ${dataDirectory} (${messageOf(error)}). Let this user write there, ` +
          `set DATA_DIR to a directory where it may, ${USE_OWN_POSTGRES}.`,
        { cause: error },
      );
    case undefined:
    default:
      return error;
  }
}

/** The error of a start-up that was aborted through its signal. */
export function interrupted(): EmbeddedPostgresError {
  return new EmbeddedPostgresError('interrupted', 'The start of the embedded PostgreSQL was interrupted and undone.');
}

/** The `code` of a system error (`ENOENT`, `EACCES`, ...), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  // Not instanceof: errors of Node's own modules are of another realm than the code under Jest.
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
