import fc from 'fast-check';
import { hostileValue, mutated } from './api/json-schema-arbitrary';
import { inTime, PopulatedStore } from './api/populated-store';
import { settings } from './run-settings';

let store: PopulatedStore;
/** Listings, in every order they have. */
let listings: string[];
/** A page key of each, as the server handed it out. */
let keys: string[];

beforeAll(async () => {
  store = await PopulatedStore.start();
  const ids = await store.populate();
  await store.populate();
  const orders = (path: string, sorts: readonly string[]): string[] =>
    sorts.flatMap((sort) =>
      ['true', 'false'].map((reverse) => `${path}?sort_by=${sort}&reverse_order=${reverse}&limit=1`),
    );
  listings = [
    ...orders('/flows', ['created', 'metadata_updated', 'label']),
    ...orders('/sources', ['created', 'updated', 'label']),
    ...orders(`/flows/${ids['flowId']!}/segments`, ['']).map((path) => path.replace('sort_by=&', '')),
    ...orders('/flow-delete-requests', ['created', 'expiry']),
    `/objects/${ids['objectId']!}?limit=1`,
    '/service/webhooks?limit=1',
    '/service/profiles?limit=1',
    '/service/storage-backends?limit=1',
  ];
  keys = await Promise.all(
    listings.map(async (path) => {
      const key = (await store.client.get(path)).headers.get('x-paging-nextkey');
      if (key === null) throw new Error(`${path} has no second page`);
      return key;
    }),
  );
});
afterAll(() => store.stop());

/** Some way to spoil a key. */
const spoiling: fc.Arbitrary<(key: string, all: readonly string[]) => string> = fc.oneof(
  fc.nat(200).map((cut) => (key: string) => key.slice(0, cut % (key.length + 1))),
  fc.tuple(fc.nat(200), fc.string({ maxLength: 2 })).map(([at, text]) => (key: string) => {
    const place = at % key.length;
    return key.slice(0, place) + text + key.slice(place + 1);
  }),
  fc.nat(100).map((index) => (_key: string, all: readonly string[]) => all[index % all.length]!),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => () => Buffer.from(bytes).toString('base64url')),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => () => text),
  hostileValue.map((value) => () => Buffer.from(JSON.stringify(value)).toString('base64url')),
  // What the key says, with one place in it changed; the seed decides where.
  fc.nat().map((seed) => (key: string) => {
    const said = JSON.parse(Buffer.from(key, 'base64url').toString()) as unknown;
    const [value] = fc.sample(mutated(fc.constant(said)), { seed, numRuns: 1 });
    return Buffer.from(JSON.stringify(value)).toString('base64url');
  }),
);

it('no page key gives anything but a page or a 400', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.nat(100), spoiling, async (choice, spoil) => {
      const index = choice % listings.length;
      const spoilt = encodeURIComponent(spoil(keys[index]!, keys).toWellFormed());
      // The client's contract check refuses every status but 200 and 400.
      const { status } = await inTime(store.client.raw({ method: 'GET', path: `${listings[index]!}&page=${spoilt}` }));
      expect([200, 400]).toContain(status);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    settings(500),
  );
  console.log(`page keys: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
});
