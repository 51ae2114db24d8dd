import { randomBytes, randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { InstanceFixtures, sha256 } from '../http/instance-fixtures';
import { LONG } from './support/chance';
import { FaultyStore, type Mood } from './support/faulty-store';

/** How long a copy may take to be there once the store is well: the longest pause between two attempts, and room. */
const LONGEST_RECOVERY_MS = 180_000;
/** Longest a request may take whatever the store does: none waits for it. */
const LONGEST_ANSWER_MS = 5_000;

let store: FaultyStore;
let tams: InstanceFixtures;
const cloud = randomUUID();

beforeAll(async () => {
  store = await FaultyStore.start();
  tams = await InstanceFixtures.start({ OBJECT_SIZE_INTERVAL_SECONDS: '1' }, [
    {
      ...{ id: cloud, label: 'cloud', type: 's3', bucket: 'media', endpoint: store.endpoint },
      ...{ access_key_id: 'AKIA', secret_access_key: 'secret' },
    },
  ]);
});
afterAll(async () => {
  store.mood = 'well';
  await tams.stop();
  await store.stop();
});

/** Every request that clients make must be answered as ever: what signs URLs asks no store. */
async function clientsAreServed(): Promise<void> {
  const start = Date.now();
  const flow = await tams.flow();
  const { id } = await tams.allocate(flow, cloud);
  await tams.register(flow, id);
  const [segment] = (await tams.client.get<{ get_urls: { label: string }[] }[]>(`/flows/${flow}/segments`)).body;
  expect(segment?.get_urls.map(({ label }) => label)).toContain('cloud');
  expect((await tams.client.delete(`/flows/${flow}`)).status).toBe(204);
  expect(Date.now() - start).toBeLessThan(LONGEST_ANSWER_MS);
}

/** An upload to a store that falls silent is given up after a minute without a byte, so that is for the long run. */
const unwell: readonly Mood[] = [
  '503',
  'truncated',
  'reset',
  ...(LONG ? (['silent', 'slow', 'gibberish'] as const) : []),
];

describe.each(unwell)('a store that is unwell: %s', (mood) => {
  it('holds up no client, spoils no copy, and is used again by itself', async () => {
    const media = randomBytes(300_000);
    const object = await tams.object(media);
    const before = store.requests;
    store.mood = mood;
    try {
      expect((await tams.add(object, { storage_id: cloud })).status).toBe(201);
      await eventually(
        () => store.requests,
        (count) => count > before,
        { what: 'the copy is attempted', atMost: 30_000 },
      );
      await clientsAreServed();
      const health = await tams.client.get<{ status: string }>('/health', { check: false });
      // A store that keeps half of what it gets, or is another program, answers a health check as a well one does.
      if (!['truncated', 'gibberish'].includes(mood)) expect(health.body.status).not.toBe('ok');
      if (mood !== 'slow') expect(await tams.places(object)).toEqual([tams.first]);
    } finally {
      store.mood = 'well';
    }
    const start = Date.now();
    const copied = () => tams.rows(object);
    await eventually(copied, (rows) => rows.every(({ state }) => state === 'ready') && rows.length === 2, {
      what: 'the copy is there',
      atMost: LONGEST_RECOVERY_MS,
    });
    expect(await tams.places(object)).toEqual([tams.first, cloud].sort());
    expect(sha256(store.objects.get(object)!.bytes)).toBe(sha256(media));
    console.log(
      `store ${mood}: clients served as ever; the copy whole ${Date.now() - start} ms after the store was well`,
    );
  });
});

it('bytes that break off on their way from a store are not taken for an object', async () => {
  const flow = await tams.flow();
  const { id, putUrl } = await tams.allocate(flow, cloud);
  const media = randomBytes(300_000);
  expect(await tams.upload(putUrl, media)).toBe(200);
  await tams.register(flow, id);
  store.mood = 'truncated';
  const before = store.requests;
  expect((await tams.add(id, { storage_id: tams.second })).status).toBe(201);
  await eventually(
    () => store.requests,
    (count) => count >= before + 2,
    { what: 'the copy is attempted', atMost: 60_000 },
  );
  expect(await tams.places(id)).toEqual([cloud]);
  store.mood = 'well';
  await eventually(
    () => tams.rows(id),
    (rows) => rows.length === 2 && rows.every(({ state }) => state === 'ready'),
    { what: 'the copy is there', atMost: LONGEST_RECOVERY_MS },
  );
  expect((await tams.bytes(id, tams.second)).equals(media)).toBe(true);
});
