import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.errors';

/** Prefix of everything that exists only while a cluster is being created. */
export const UNFINISHED = 'creating-';

/** Name of PostgreSQL's own data directory inside ours. */
export const CLUSTER = 'cluster';

/** Bytes of randomness in the password of the cluster. */
const PASSWORD_BYTES = 24;

/**
 * The layout of the data directory:
 *
 *     cluster/      PostgreSQL's own files; belongs to the account PostgreSQL runs as
 *     password      of both roles, mode 0600
 *     port          used last, reused while it is free
 *     owner.lock    held by the live server, see OwnerLock
 *     owner.json    who holds it, for people
 */
export class ClusterDirectory {
  readonly cluster: string;
  readonly ownerLock: string;
  readonly owner: string;
  private readonly passwordFile: string;
  private readonly portFile: string;

  constructor(readonly path: string) {
    if (!isAbsolute(path)) throw new TypeError(`the data directory must be an absolute path, not "${path}"`);
    this.cluster = join(path, CLUSTER);
    this.ownerLock = join(path, 'owner.lock');
    this.owner = join(path, 'owner.json');
    this.passwordFile = join(path, 'password');
    this.portFile = join(path, 'port');
  }

  /** Creates the data directory when it is absent; other accounts may pass through it but not list it. */
  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o711 });
  }

  /** Major version of the PostgreSQL that made the cluster, e.g. `18`; undefined when there is no cluster yet. */
  async majorVersion(): Promise<string | undefined> {
    return (await readIfPresent(join(this.cluster, 'PG_VERSION')))?.trim();
  }

  /** The cluster's password; made up and stored when there is no cluster yet. */
  async password(): Promise<string> {
    const stored = (await readIfPresent(this.passwordFile))?.trim();
    if (stored) return stored;
    if ((await this.majorVersion()) !== undefined) {
      throw new EmbeddedPostgresError(
        'cluster-incomplete',
        `The password of the embedded PostgreSQL is missing: ${this.passwordFile} must hold it. Restore that file together ` +
          'with the cluster, or set DATA_DIR to another directory to start afresh.',
      );
    }
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    await writeWhole(this.passwordFile, password + '\n');
    return password;
  }

  /** The port of the last run, if any. */
  async rememberedPort(): Promise<number | undefined> {
    const port = Number(await readIfPresent(this.portFile));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  }

  /** Stores the port for the next run. */
  async rememberPort(port: number): Promise<void> {
    await writeWhole(this.portFile, `${String(port)}\n`);
  }

  /** Removes what a creation left behind that was cut off. */
  async removeUnfinished(): Promise<void> {
    for (const name of await readdir(this.path)) {
      if (name.startsWith(UNFINISHED)) await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  /** Makes a finished cluster the cluster, durably and in one step. */
  async adopt(finished: string): Promise<void> {
    await rename(finished, this.cluster);
    const directory = await open(this.path);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

/** Readable by the owner alone, and never half written. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
