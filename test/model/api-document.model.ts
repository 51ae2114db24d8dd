import fc from 'fast-check';
import { ApiDocument, type Operation } from './api/api-document';
import { SchemaValues } from './api/json-schema-arbitrary';
import { inTime, type KnownIds, PopulatedStore } from './api/populated-store';
import { requestsFor, written } from './api/request-arbitrary';
import { settings } from './run-settings';

let store: PopulatedStore;
let document: ApiDocument;

beforeAll(async () => {
  store = await PopulatedStore.start();
  document = await ApiDocument.read(store.client);
});
afterAll(() => store.stop());

/** Sends what was drawn; the client holds it against the specification, this against our own document. */
async function holds(operation: Operation, request: ReturnType<typeof written>): Promise<number> {
  const answer = await inTime(store.client.raw(request));
  const complaint = document.complaint(operation, answer);
  if (complaint !== undefined)
    throw new Error(
      `${request.method} ${request.path} ${String(request.body ?? '')}\n${complaint}\n${answer.bytes.toString().slice(0, 600)}`,
    );
  return answer.status;
}

it('every operation of the API document answers as documented, whatever it is asked', async () => {
  const values = new SchemaValues(document.schemas);
  const classes = new Map<string, number>();
  const failures: string[] = [];
  let ids: KnownIds = await store.populate();
  for (const operation of document.operations) {
    if (!['GET', 'HEAD'].includes(operation.method)) ids = await store.populate();
    const property = fc.asyncProperty(requestsFor(operation, values), async (drawn) => {
      const status = await holds(operation, written(operation, drawn, ids));
      // A DELETE that succeeds leaves nothing to be asked for.
      if (operation.method === 'DELETE' && status < 300) ids = await store.populate();
      const key = `${Math.floor(status / 100)}xx`;
      classes.set(key, (classes.get(key) ?? 0) + 1);
    });
    // One operation's failure does not hide the next one's.
    await fc.assert(property, settings(10)).catch((error: unknown) => {
      failures.push(
        `${operation.operationId}: ${Error.isError(error) ? error.message : String(error)}\n${causeOf(error)}`,
      );
    });
  }
  console.log(
    `${document.operations.length} operations: ${[...classes].map(([name, count]) => `${count} answers ${name}`).join(', ')}`,
  );
  expect(failures.join('\n\n')).toBe('');
  // Neither all refused nor all accepted, else the drawing of requests is broken.
  expect(classes.get('2xx')).toBeGreaterThan(document.operations.length);
  expect(classes.get('4xx')).toBeGreaterThan(document.operations.length);
});

function causeOf(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  return Error.isError(cause) ? cause.message.slice(0, 1500) : '';
}
