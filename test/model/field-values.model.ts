import { randomUUID } from 'node:crypto';
import { ApiDocument, type Operation } from './api/api-document';
import { addressTexts, fieldsOf, valuesFor, withField } from './api/field-values';
import { inTime, type KnownIds, PopulatedStore } from './api/populated-store';
import { share } from './run-settings';

let store: PopulatedStore;
let document: ApiDocument;
let ids: KnownIds;

beforeAll(async () => {
  store = await PopulatedStore.start();
  document = await ApiDocument.read(store.client);
  ids = await store.populate();
});
afterAll(() => store.stop());

const statuses = new Map<number, number>();
const failures: string[] = [];

/** Requests that wait for an answer at the same time. */
const AT_ONCE = 8;

const headers = { 'content-type': 'application/json' };

async function send(method: string, path: string, body?: string): Promise<number> {
  // The contract has nothing to say of most of these; that nothing of them is a fault of ours is what is asked here.
  const request = { method, path, check: false, ...(body !== undefined && { body, headers }) };
  const { status, bytes } = await inTime(store.client.raw(request)).catch((error: unknown) => {
    throw new Error(`${method} ${path} ${(body ?? '').slice(0, 400)}: ${String(error)}`, { cause: error });
  });
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status >= 500)
    failures.push(`${method} ${path} ${(body ?? '').slice(0, 400)}\n  ${status}: ${bytes.toString().slice(0, 300)}`);
  return status;
}

async function sendAll(requests: Iterable<() => Promise<unknown>>): Promise<void> {
  const iterator = share(requests);
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await next.value();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** The path of an operation, to something that exists; what a body creates is new each time. */
function pathOf({ path }: Operation, created: string): string {
  return path.replace(/\{([^}]+)\}/g, (_match, name: string) =>
    ['PUT /flows/{flowId}', 'POST /service/profiles/{profileId}'].some((known) => known.endsWith(path))
      ? created
      : (ids[name] ?? name),
  );
}

/** Example bodies of an operation, in the words of the document. */
function examplesOf(operation: Operation): unknown[] {
  const [content] = Object.values(operation.requestBody?.content ?? {});
  return Object.values((content as { examples?: Record<string, { value: unknown }> } | undefined)?.examples ?? {}).map(
    ({ value }) => value,
  );
}

/** A body that names the resource in its path as the path does. */
function named(body: unknown, id: string): unknown {
  return typeof body === 'object' && body !== null && 'id' in body ? { ...body, id } : body;
}

function* bodiesOf(operation: Operation): Generator<() => Promise<unknown>> {
  const [content] = Object.values(operation.requestBody?.content ?? {});
  if (!content) return;
  const fields = fieldsOf(content.schema, document.schemas);
  for (const example of examplesOf(operation)) {
    for (const field of fields) {
      for (const value of valuesFor(field.kind)) {
        yield () => {
          const id = randomUUID();
          return send(operation.method, pathOf(operation, id), withField(named(example, id), field, value));
        };
      }
    }
  }
}

function* queriesOf(operation: Operation): Generator<() => Promise<unknown>> {
  if (operation.method === 'DELETE') return;
  for (const { name } of (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')) {
    for (const text of addressTexts) {
      const path = `${pathOf(operation, randomUUID())}?${encodeURIComponent(name.replace(/\{.*\}/, 'genre'))}=${text}`;
      yield () => send(operation.method, path);
      if (name.includes('{')) {
        const tagged = `${pathOf(operation, randomUUID())}?${encodeURIComponent(name.split('{', 1)[0] ?? '')}${text}=x`;
        yield () => send(operation.method, tagged);
      }
    }
  }
}

function* pathsOf(operation: Operation): Generator<() => Promise<unknown>> {
  for (const [, name = ''] of operation.path.matchAll(/\{([^}]+)\}/g)) {
    for (const text of addressTexts.filter((one) => one !== '')) {
      const path = operation.path.replace(/\{([^}]+)\}/g, (_match, other: string) =>
        other === name ? text : (ids[other] ?? other),
      );
      yield () =>
        send(operation.method, path, operation.method === 'PUT' || operation.method === 'POST' ? '"x"' : undefined);
    }
  }
}

it('every text, time and number of the API document may be hostile, and the server answers', async () => {
  // What a HEAD is asked, a GET is asked too.
  for (const operation of document.operations.filter(({ method }) => method !== 'HEAD')) {
    await sendAll(bodiesOf(operation));
    await sendAll(queriesOf(operation));
    await sendAll(pathsOf(operation));
  }
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${total} requests: ${[...statuses]
      .sort()
      .map(([status, count]) => `${count} x ${status}`)
      .join(', ')}`,
  );
  expect(failures.slice(0, 20).join('\n')).toBe('');
  // The examples are accepted, so that hostile values are stored wherever the schema has nothing against them.
  expect((statuses.get(201) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(total / 20);
});

it('every value in every page key may be hostile', async () => {
  const listings = [
    '/flows?',
    '/flows?sort_by=label&',
    '/sources?',
    '/sources?sort_by=label&',
    '/flow-delete-requests?',
  ];
  const others = [
    '/service/webhooks?',
    '/service/profiles?',
    `/flows/${ids['flowId']!}/segments?`,
    `/objects/${ids['objectId']!}?`,
  ];
  await store.populate();
  for (const listing of [...listings, ...others, `/service/webhooks/${ids['webhookId']!}/deliveries?`]) {
    const key = (await store.client.get(`${listing}limit=1`)).headers.get('x-paging-nextkey');
    const said: unknown =
      key === null ? { after: '1', reverse: false } : JSON.parse(Buffer.from(key, 'base64url').toString());
    for (const place of placesIn(said)) {
      const values = [...new Set([...valuesFor('text'), ...valuesFor('time'), ...valuesFor('number')])];
      await sendAll(
        values.map((value) => () => {
          const forged = withField(said, { place, kind: 'text' }, value);
          return send('GET', `${listing}page=${Buffer.from(forged).toString('base64url')}`);
        }),
      );
    }
  }
  expect(failures.slice(0, 20).join('\n')).toBe('');
});

function* placesIn(value: unknown, place: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield place;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value))
    yield* placesIn(member, [...place, Array.isArray(value) ? Number(key) : key]);
}
