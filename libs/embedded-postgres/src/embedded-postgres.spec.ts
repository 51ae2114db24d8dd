import { readFileSync, writeFileSync } from 'node:fs';
import { appendFile, chown, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { EmbeddedPostgres } from './embedded-postgres';
import { ClusterFixtures, isAlive, kill, processesIn, query, until } from './testing/cluster-fixtures';

const fixtures: ClusterFixtures[] = [];

function fixture(): ClusterFixtures {
  const created = new ClusterFixtures();
  fixtures.push(created);
  return created;
}

/** A cluster that was created and stopped, for tests to copy and start. */
let stopped: string;
const shared = new ClusterFixtures();

beforeAll(async () => {
  ({ dataDirectory: stopped } = await shared.directory());
  await (await shared.start({ dataDirectory: stopped })).stop();
});
afterAll(() => shared.dispose());

afterEach(async () => {
  for (const used of fixtures.splice(0)) await used.dispose();
});

const CREATE = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('committed')";
const SELECT = 'SELECT word FROM kept';

/** Local addresses (hexadecimal, as the kernel prints them) on which somebody listens on the port, IPv4 and IPv6. */
function listeningAddresses(port: number): string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hexadecimal}`) && state === '0A')
      .map(([, local]) => local!.slice(0, local!.indexOf(':'))),
  );
}

describe('the first start', () => {
  const use = new ClusterFixtures();
  const said: string[] = [];
  let dataDirectory: string;
  let cluster: EmbeddedPostgres;

  beforeAll(async () => {
    ({ dataDirectory } = await use.directory());
    cluster = await use.start({
      dataDirectory,
      durable: true,
      log: (level, message) => said.push(`${level} ${message}`),
    });
  });
  afterAll(() => use.dispose());

  it('creates a durable UTF-8 cluster whose server role owns its database and nothing else', async () => {
    expect(said).toContain(`info Creating the embedded PostgreSQL cluster in ${dataDirectory} (first start only)`);
    // Another program may take the port between its choice and its use.
    const isPortTaken = (line: string): boolean => /could not (create listen socket|start yet)/.test(line);
    expect(said.filter((line) => /^(warn|error)/.test(line) && !isPortTaken(line))).toEqual([]);
    const [settings] = await query(
      cluster.connectionUrl,
      `SELECT current_user AS role, current_database() AS database, current_setting('fsync') AS fsync,
              current_setting('data_checksums') AS checksums, current_setting('server_encoding') AS encoding,
              current_setting('TimeZone') AS zone, current_setting('is_superuser') AS superuser,
              'Z' < 'a' COLLATE "default" AS code_points, current_setting('max_connections') AS connections`,
    );
    expect(settings).toEqual({
      role: 'tams',
      database: 'tams',
      fsync: 'on',
      checksums: 'on',
      encoding: 'UTF8',
      zone: 'UTC',
      superuser: 'off',
      code_points: true,
      connections: '100',
    });
    await query(cluster.connectionUrl, 'CREATE SCHEMA own; CREATE TABLE own.things (id int8)');
    await expect(query(cluster.connectionUrl, "COPY own.things FROM PROGRAM 'echo 1'")).rejects.toThrow(
      'permission denied',
    );
  });

  it('listens on loopback alone, asks for the password, and keeps it to its owner', async () => {
    expect(listeningAddresses(cluster.port)).toEqual(['0100007F']);
    expect((await readdir(join(dataDirectory, 'cluster'))).filter((name) => name.startsWith('.s.PGSQL'))).toEqual([]);
    const wrong = cluster.connectionUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDirectory, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDirectory, 'cluster'))).mode & 0o777).toBe(0o700);
  });

  it('gives PostgreSQL a session of its own, so that Ctrl-C reaches only us', () => {
    const { pid } = cluster;
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const [, , group, session] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    expect([Number(group), Number(session)]).toEqual([pid, pid]);
  });
});

describe('stop and start again', () => {
  it('leaves no process, and keeps data, port and password', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const first = await use.start({ dataDirectory });
    await query(first.connectionUrl, CREATE);
    expect(processesIn(dataDirectory)).toContain(first.pid);
    await Promise.all([first.stop(), first.stop()]);
    expect(processesIn(dataDirectory)).toEqual([]);

    const second = await use.start({ dataDirectory });
    expect(second.connectionUrl).toBe(first.connectionUrl);
    expect(await query(second.connectionUrl, SELECT)).toEqual([{ word: 'committed' }]);
  });

  it('stops although a session is in the middle of a statement', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const cluster = await use.start({ dataDirectory });
    const asleep = expect(query(cluster.connectionUrl, 'SELECT pg_sleep(60)')).rejects.toThrow(
      'terminating connection',
    );
    const sleeping = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'";
    await until(async () => (await query(cluster.superuserUrl, sleeping)).length > 0);
    await cluster.stop();
    await asleep;
    expect(isAlive(cluster.pid)).toBe(false);
  });

  it('takes another port when the one of last time is taken, and says so when a given one is', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const first = await use.start({ dataDirectory });
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      await expect(use.start({ dataDirectory, port: first.port })).rejects.toMatchObject({ code: 'port-taken' });
      const second = await use.start({ dataDirectory });
      expect(second.port).not.toBe(first.port);
      expect(await query(second.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      squatter.close();
    }
  });
});

describe('after kill -9', () => {
  it('of the server, stops the PostgreSQL left running and keeps what was committed', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const owner = await use.startOwner(dataDirectory);
    await query(owner.connectionUrl, CREATE);
    await kill(owner.process, 'SIGKILL');
    expect(isAlive(owner.pid)).toBe(true);

    const cluster = await use.start({ dataDirectory });
    expect(isAlive(owner.pid)).toBe(false);
    expect(await query(cluster.connectionUrl, SELECT)).toEqual([{ word: 'committed' }]);
  });

  it('of server and PostgreSQL at once, starts at once although the old processes are only just ending', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const owner = await use.startOwner(dataDirectory, { durable: true });
    await query(owner.connectionUrl, CREATE);
    await kill(owner.process, 'SIGKILL');
    process.kill(owner.pid, 'SIGKILL');

    const cluster = await use.start({ dataDirectory });
    expect(await query(cluster.connectionUrl, SELECT)).toEqual([{ word: 'committed' }]);
  });

  it('starts although the stale postmaster.pid names a live process of the same account', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const first = await use.start({ dataDirectory });
    const pidFile = join(dataDirectory, 'cluster', 'postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    const { uid, gid } = await stat(join(dataDirectory, 'cluster'));
    const bystander = await use.startBystander({ uid, gid });
    await writeFile(pidFile, content.replace(/^\d+/, String(bystander)), { mode: 0o600 });
    await chown(pidFile, uid, gid);

    const second = await use.start({ dataDirectory });
    expect(await query(second.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(isAlive(bystander)).toBe(true);
  });
});

describe('one owner at a time', () => {
  it('refuses a second server, in this process and in another, until the first has stopped', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const first = await use.start({ dataDirectory });

    await expect(use.start({ dataDirectory })).rejects.toMatchObject({
      code: 'owned-elsewhere',
      message: expect.stringContaining(`process ${String(process.pid)}, running since`) as string,
    });
    expect(await use.startOwner(dataDirectory)).toMatchObject({
      code: 'owned-elsewhere',
      error: expect.stringContaining(dataDirectory) as string,
    });
    expect(await query(first.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);

    await first.stop();
    expect(await use.startOwner(dataDirectory)).toMatchObject({ connectionUrl: first.connectionUrl });
  });
});

describe('when the Node process ends without stopping its cluster', () => {
  const use = new ClusterFixtures();
  let dataDirectory: string;

  beforeAll(async () => {
    ({ dataDirectory } = await use.copyOf(stopped));
  });
  afterAll(() => use.dispose());

  it.each([['process.exit', 'exit'] as const, ['nothing left to do', 'idle'] as const])(
    'by %s, PostgreSQL ends too',
    async (_, ending) => {
      const owner = await use.startOwner(dataDirectory, { ending });
      await until(() => !isAlive(owner.pid));
      expect(processesIn(dataDirectory)).toEqual([]);
    },
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s that nobody handles, PostgreSQL ends too',
    async (signal) => {
      const owner = await use.startOwner(dataDirectory);
      await kill(owner.process, signal);
      expect(owner.process.signalCode).toBe(signal);
      await until(() => !isAlive(owner.pid));
    },
  );
});

describe('a start that is interrupted', () => {
  it.each([
    ['while the cluster is created', 'new', /^Creating the embedded PostgreSQL/],
    ['while PostgreSQL starts', 'stopped', /LOG: {2}starting PostgreSQL/],
    ['when PostgreSQL has just become ready', 'stopped', /ready to accept connections/],
  ])('%s leaves nothing behind and can be repeated', async (_, before, moment) => {
    const use = fixture();
    const { dataDirectory } = before === 'new' ? await use.directory() : await use.copyOf(stopped);
    const abort = new AbortController();
    const log = (_level: string, message: string): void => {
      if (moment.test(message)) abort.abort();
    };
    await expect(use.start({ dataDirectory, log, signal: abort.signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(processesIn(dataDirectory)).toEqual([]);
    expect((await readdir(dataDirectory)).filter((name) => name.startsWith('creating-'))).toEqual([]);

    const cluster = await use.start({ dataDirectory });
    expect(await query(cluster.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('what an operator is told', () => {
  it("shows PostgreSQL's last lines when it does not start, and lets go of the data directory", async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const settings = join(dataDirectory, 'cluster', 'postgresql.conf');
    const good = await readFile(settings, 'utf8');
    await appendFile(settings, 'no_such_setting = 1\n');
    await expect(use.start({ dataDirectory })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(/unrecognized configuration parameter "no_such_setting"/) as string,
    });
    writeFileSync(settings, good);
    await use.start({ dataDirectory });
  });

  it('names the versions when another PostgreSQL made the cluster', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    await writeFile(join(dataDirectory, 'cluster', 'PG_VERSION'), '16\n');
    await expect(use.start({ dataDirectory })).rejects.toMatchObject({
      code: 'cluster-version',
      message: expect.stringMatching(
        /made by PostgreSQL 16, this server brings PostgreSQL \d+\..*DATABASE_URL/,
      ) as string,
    });
  });

  it('says what is wrong with a data directory that cannot be made', async () => {
    const use = fixture();
    const { parent } = await use.directory();
    const file = join(parent, 'file');
    await writeFile(file, '');
    await expect(use.start({ dataDirectory: join(file, 'postgres') })).rejects.toThrow(/ENOTDIR.*file/);
  });

  it('reports a PostgreSQL that ends by itself', async () => {
    const use = fixture();
    const { dataDirectory } = await use.copyOf(stopped);
    const errors: string[] = [];
    const ended = new Promise<Error>((resolve) => {
      void use
        .start({
          dataDirectory,
          log: (level, message) => level === 'error' && errors.push(message),
          onUnexpectedExit: resolve,
        })
        .then(({ pid }) => process.kill(pid, 'SIGKILL'));
    });
    const error = await ended;
    expect(error).toMatchObject({
      code: 'stopped-unexpectedly',
      message: expect.stringContaining('SIGKILL') as string,
    });
    expect(errors).toEqual([error.message]);
  });
});
