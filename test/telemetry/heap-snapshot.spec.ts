import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { ServerProcess } from '../support/server-process';
import { createTestDatabase } from '../support/test-database';

it('a signal writes a snapshot of the heap that the server’s account alone may read, and only a few are kept', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tams-heap-'));
  const server = await ServerProcess.start({ DATABASE_URL: await createTestDatabase(), DATA_DIR: dataDirectory });
  const says = (text: string) =>
    eventually(() => server.output().includes(text), Boolean, { what: text, atMost: 60_000 });
  process.kill(server.pid, 'SIGUSR1');
  await says('The snapshot of the heap is');
  const directory = join(dataDirectory, 'heap-snapshots');
  const [name] = await readdir(directory);
  const path = join(directory, name!);
  expect([(await stat(directory)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600]);
  const { snapshot } = JSON.parse(await readFile(path, 'utf8')) as { snapshot: { node_count: number } };
  expect(snapshot.node_count).toBeGreaterThan(100_000);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(server.output()).not.toContain('Debugger listening');

  for (const kept of ['2', '3', '4']) await writeFile(join(directory, kept), '');
  process.kill(server.pid, 'SIGUSR1');
  await says('There are 4 in');
  expect(await readdir(directory)).toHaveLength(4);
  await server.stop();
  await rm(dataDirectory, { recursive: true, force: true });
}, 240_000);
