import { execFile } from 'node:child_process';
import { appendFile, chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../../libs/embedded-postgres/src/embedded-postgres';
import { binariesFor, installedPostgresBinaries } from '../../../libs/embedded-postgres/src/postgres-binaries';
import { chooseServerAccount, giveTo } from '../../../libs/embedded-postgres/src/server-account';
import { freePort } from '../../stack/child';
import { eventually } from '../../support/eventually';
import { PostgresMember, type PostgresProgram } from './postgres-member';

const run = promisify(execFile);
const silent = (): void => undefined;

/** How a primary comes to its end. */
export const switches = ['killed', 'paused', 'stopped in order'] as const;
export type Switch = (typeof switches)[number];

/**
 * A primary and a standby that takes its place, both with TLS, replicating synchronously. Whoever decides that a primary is lost
 * (Patroni, an operator) is this class, at once: what is measured is what a client of the two makes of it.
 */
export class ReplicatedPostgres {
  private constructor(
    private readonly directory: string,
    private readonly program: PostgresProgram,
    private readonly connectionUrl: string,
    /** PEM file of the authority that both certificates are from: themselves. */
    readonly certificate: string,
    private primary: PostgresMember,
    private standby: PostgresMember,
  ) {}

  static async start(): Promise<ReplicatedPostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-replicated-'));
    await chmod(directory, 0o711);
    // Makes the cluster, the role and the database as ever; it is then run by other means.
    const made = await EmbeddedPostgres.start({ dataDirectory: join(directory, 'first'), log: silent });
    const { connectionUrl, superuserUrl } = made;
    await made.stop();
    const one = join(directory, 'first/cluster');
    const account = chooseServerAccount(one);
    const { binDirectory } = await binariesFor(account, await installedPostgresBinaries(), silent);
    const program = {
      path: join(binDirectory, 'postgres'),
      account: account && { uid: account.uid, gid: account.gid },
    };
    const certificate = await selfSigned(directory, one);
    if (account) await giveTo(account, one);
    const member = async (path: string): Promise<PostgresMember> => {
      const port = await freePort();
      return new PostgresMember(path, port, at(superuserUrl, port), program);
    };
    const primary = await member(one);
    const standby = await member(join(directory, 'second'));
    const replicated = new ReplicatedPostgres(directory, program, connectionUrl, certificate, primary, standby);
    try {
      primary.start();
      await replicated.answers(primary);
      await replicated.rejoin();
      return replicated;
    } catch (error) {
      await replicated.stop();
      throw error;
    }
  }

  /** URL of the server's database at both, the present standby first. */
  get url(): string {
    const { username, password, pathname } = new URL(this.connectionUrl);
    const hosts = [this.standby, this.primary].map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `postgres://${username}:${password}@${hosts}${pathname}?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=${this.certificate}`;
  }

  /** URL of the server's database at the present standby alone. */
  get readUrl(): string {
    const url = new URL(this.connectionUrl);
    url.port = String(this.standby.port);
    return url.href;
  }

  /** Runs a statement on the present standby, in the server's database. */
  onStandby(statement: string): Promise<Record<string, unknown>[]> {
    return this.standby.query(statement);
  }

  /** Stops the clock of the standby, so that it answers nothing, or lets it go on. */
  hold(how: 'paused' | 'going on'): void {
    if (how === 'paused') this.standby.pause();
    else this.standby.resume();
  }

  /** Ends the standby at once. */
  loseStandby(): Promise<void> {
    return this.standby.end('at once');
  }

  /** Starts it again where it ended. */
  restartStandby(): void {
    this.standby.start();
  }

  /** Runs a statement on the present primary, in the server's database. */
  query(statement: string): Promise<Record<string, unknown>[]> {
    return this.primary.query(statement);
  }

  /** Takes the primary away and has the standby take its place. @returns how long after that it could be written to, in ms */
  async fail(how: Switch): Promise<void> {
    if (how === 'paused') this.primary.pause();
    else await this.primary.end(how === 'killed' ? 'at once' : 'in order');
    const { standby } = this;
    // Alone, it must not wait for another.
    await standby.query(
      'ALTER SYSTEM RESET synchronous_standby_names',
      'SELECT pg_reload_conf()',
      'SELECT pg_promote()',
    );
    [this.primary, this.standby] = [this.standby, this.primary];
  }

  /** Makes the member that was lost a synchronous standby of the primary, from a copy. */
  async rejoin(): Promise<void> {
    const { primary, standby } = this;
    await standby.end('at once');
    await rm(standby.directory, { recursive: true, force: true });
    await this.copy(primary, standby.directory);
    const { password, username } = new URL(primary.superuserUrl);
    const way = `host=127.0.0.1 port=${primary.port} user=${username} password=${decodeURIComponent(password)}`;
    await appendFile(join(standby.directory, 'postgresql.auto.conf'), `primary_conninfo = '${way}'\n`);
    await writeFile(join(standby.directory, 'standby.signal'), '');
    const { account } = this.program;
    if (account) await giveTo({ name: '', ...account }, standby.directory);
    standby.start();
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`, 'SELECT pg_reload_conf()');
    await eventually(
      () => primary.query(`SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'`),
      (rows) => rows.length === 1,
      { what: `the standby follows; it said:\n${standby.output}`, atMost: 90_000 },
    );
  }

  async stop(): Promise<void> {
    await this.standby.end('at once');
    await this.primary.end('at once');
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Copies a member that runs: what its log says of the time of the copy makes it whole. */
  private async copy(from: PostgresMember, to: string): Promise<void> {
    const client = new Client({ connectionString: from.superuserUrl });
    await client.connect();
    try {
      await client.query(`SELECT pg_backup_start('copy', true)`);
      // Files that go meanwhile are in the log; cp complains of them and goes on.
      await run('cp', ['-a', from.directory, to]).catch(silent);
      const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
      await writeFile(join(to, 'backup_label'), rows[0]!.labelfile);
    } finally {
      await client.end();
    }
    for (const name of ['postmaster.pid', 'postmaster.opts']) await rm(join(to, name), { force: true });
  }

  private async answers(member: PostgresMember): Promise<void> {
    await eventually(
      () => member.query('SELECT 1').catch(() => []),
      (rows) => rows.length === 1,
      { what: `PostgreSQL answers; it said:\n${member.output}`, atMost: 90_000 },
    );
  }
}

/** The URL of the server's database on another port, as another role if need be. */
function at(superuserUrl: string, port: number): string {
  const url = new URL(superuserUrl);
  url.port = String(port);
  url.pathname = '/tams';
  return url.href;
}

/** Makes a certificate for 127.0.0.1 where PostgreSQL looks for its own. @returns a copy that everybody may read */
async function selfSigned(directory: string, cluster: string): Promise<string> {
  const [key, certificate] = [join(cluster, 'server.key'), join(cluster, 'server.crt')];
  await run(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'].concat([
      '-subj',
      '/CN=postgres',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ]),
  );
  await chmod(key, 0o600);
  const copy = join(directory, 'certificate.pem');
  await copyFile(certificate, copy);
  return copy;
}
