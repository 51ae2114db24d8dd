import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { binariesFor, installedPostgresBinaries } from './postgres-binaries';
import { canReach, chooseServerAccount, giveTo } from './server-account';
import { ClusterFixtures, kill, query } from './testing/cluster-fixtures';

/** As in every passwd of the machines we test on; the account that owns nothing. */
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 };

const isRoot = process.getuid?.() === 0;
/** These switch accounts, which only root may do; the other specs cover the ordinary user. */
const asRoot = isRoot ? it : it.skip;
/** As another user, Node and the code must be readable: not so in a clone under /root. */
const asNobody = isRoot && canReach(__dirname, NOBODY) && canReach(process.execPath, NOBODY) ? it : it.skip;

let use: ClusterFixtures;
beforeEach(() => {
  use = new ClusterFixtures();
});
afterEach(() => use.dispose());

describe('the account PostgreSQL runs as', () => {
  asRoot('is another one than root, and only the cluster directory is given to it', async () => {
    const { parent, dataDirectory } = await use.directory();
    await chmod(parent, 0o755);
    const { pid } = await use.start({ dataDirectory });
    const account = chooseServerAccount(join(dataDirectory, 'cluster'));
    expect(account?.uid).toBeGreaterThan(0);
    expect((await stat(`/proc/${String(pid)}`)).uid).toBe(account?.uid);
    const foreign: string[] = [];
    for (const name of await readdir(dataDirectory)) {
      if ((await stat(join(dataDirectory, name))).uid !== 0) foreign.push(name);
    }
    expect(foreign).toEqual(['cluster']);
  });

  asRoot('works in a data directory below one that only root may enter, and leaves that closed', async () => {
    const { parent, dataDirectory } = await use.directory();
    expect((await stat(parent)).mode & 0o777).toBe(0o700);
    await mkdir(dataDirectory, { mode: 0o700 });
    const first = await use.start({ dataDirectory });
    await query(first.connectionUrl, 'CREATE TABLE deep (id int8)');
    await first.stop();
    const second = await use.start({ dataDirectory });
    expect(await query(second.connectionUrl, 'SELECT * FROM deep')).toEqual([]);
    expect((await stat(parent)).mode & 0o777).toBe(0o700);
  });

  asRoot('gets a copy of the binaries when it cannot reach the installation, once', async () => {
    const { parent } = await use.directory();
    const installed = await installedPostgresBinaries();
    const closed = join(parent, 'closed');
    const copies = join(parent, 'copies');
    await chmod(parent, 0o755);
    await mkdir(closed, { mode: 0o700 });
    await mkdir(copies, { mode: 0o755 });
    await cp(dirname(installed.binDirectory), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'go=', closed]);
    const unreachable = { ...installed, binDirectory: join(closed, 'native', 'bin') };
    const said: string[] = [];
    const log = (_level: string, message: string): void => void said.push(message);

    const copy = await binariesFor(NOBODY, unreachable, log, [closed, copies]);
    const again = await binariesFor(NOBODY, unreachable, log, [closed, copies]);
    expect(again).toEqual(copy);
    expect(said).toHaveLength(1);
    const { stdout } = spawnSync(join(copy.binDirectory, 'postgres'), ['--version'], {
      uid: NOBODY.uid,
      gid: NOBODY.gid,
    });
    expect(stdout.toString()).toContain(`PostgreSQL) ${installed.version.split('.')[0] ?? ''}.`);
  });

  asRoot('refuses a tree of binaries that somebody else put in the place of the copy', async () => {
    const { parent } = await use.directory();
    const installed = await installedPostgresBinaries();
    const closed = join(parent, 'closed');
    await chmod(parent, 0o755);
    await mkdir(join(closed, 'bin'), { recursive: true });
    await chmod(closed, 0o700);
    const planted = join(parent, `tams-embedded-postgres-${installed.version}`);
    await mkdir(planted);
    await chown(planted, NOBODY.uid, NOBODY.gid);
    const unreachable = { ...installed, binDirectory: join(closed, 'bin') };
    await expect(binariesFor(NOBODY, unreachable, () => undefined, [parent])).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('not a directory that only root can write') as string,
    });
  });

  asRoot('gets a cluster back that root has restored as its own', async () => {
    const { dataDirectory } = await use.directory();
    await (await use.start({ dataDirectory })).stop();
    await giveTo({ name: 'root', uid: 0, gid: 0 }, join(dataDirectory, 'cluster'));
    const cluster = await use.start({ dataDirectory });
    expect(await query(cluster.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  asNobody('is the present one when that is an ordinary user, and root later keeps to it', async () => {
    const { parent, dataDirectory } = await use.directory();
    await chown(parent, NOBODY.uid, NOBODY.gid);
    const owner = await use.startOwner(dataDirectory, { account: NOBODY });
    expect(owner.error).toBeUndefined();
    expect(await query(owner.connectionUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(`/proc/${String(owner.pid)}`)).uid).toBe(NOBODY.uid);
    await kill(owner.process, 'SIGKILL');

    const cluster = await use.start({ dataDirectory });
    expect((await stat(`/proc/${String(cluster.pid)}`)).uid).toBe(NOBODY.uid);
  });

  asNobody("refuses a cluster of another account with the way out, when it is an ordinary user's turn", async () => {
    const { parent, dataDirectory } = await use.directory();
    await (await use.start({ dataDirectory })).stop();
    const { uid } = await stat(join(dataDirectory, 'cluster'));
    await chown(parent, NOBODY.uid, NOBODY.gid);
    for (const name of ['', 'owner.lock', 'owner.json']) {
      await chown(join(dataDirectory, name), NOBODY.uid, NOBODY.gid);
    }
    expect(await use.startOwner(dataDirectory, { account: NOBODY })).toMatchObject({
      code: 'account',
      error: expect.stringContaining(`belongs to the user with id ${String(uid)}`) as string,
    });
  });
});
