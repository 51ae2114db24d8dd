import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

interface Replica {
  readonly name: string;
  readonly started: string;
  readonly this_one: boolean;
  readonly state: string;
  readonly summary: string;
}

let directory: string;
let one: TestServer;
let other: TestServer | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-replicas-'));
  const environment = { DATABASE_URL: await createTestDatabase(), DATA_DIR: directory };
  one = await startTestServer(environment);
  other = await startTestServer(environment);
});
afterAll(async () => {
  await other?.stop();
  await one.stop();
  await rm(directory, { recursive: true });
});

async function replicasSeenBy(server: TestServer): Promise<readonly Replica[]> {
  return ((await (await fetch(`${server.url}/insight`)).json()) as { replicas: Replica[] }).replicas;
}

it('each replica shows itself and the others, with what they say of themselves, and those that stopped as starts', async () => {
  for (const server of [one, other!]) {
    const seen = await eventually(
      () => replicasSeenBy(server),
      (replicas) => replicas.length === 2,
    );
    expect(seen.filter(({ this_one: own }) => own)).toHaveLength(1);
    for (const { state, summary } of seen) expect([state, summary]).toEqual(['running', expect.stringMatching(/\.$/)]);
  }
  await other!.stop();
  other = undefined;
  expect(await replicasSeenBy(one)).toMatchObject([{ this_one: true }]);
  const { starts } = (await (await fetch(`${one.url}/insight/changes`)).json()) as { starts: Replica[] };
  expect(starts.map(({ state }) => state).sort()).toEqual(['running', 'stopped']);
});
