import { ServerProcess } from '../support/server-process';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { expectEveryEvent, NumberedChanges } from './numbered-changes';

/** Events of each of the webhooks. `npm run test:faults` makes 5,000. */
const EVENTS = Number(process.env['WEBHOOK_TEST_EVENTS'] ?? 400);
const FLOWS = 10;
const WEBHOOKS = 4;

// Whole processes start, transforming their sources, perhaps on a machine that is busy with much else.
jest.setTimeout(240_000);

let tams: TestServer;
let changes: NumberedChanges;
let receivers: WebhookReceiver[];
let webhookIds: string[];
/** Oldest first. */
const processes: ServerProcess[] = [];
/** How long a process that shows no sign of life keeps its webhooks: long where no event may come twice, short where some die. */
let leaseSeconds = '30';

beforeAll(async () => {
  // This server takes requests and delivers nothing: the processes do.
  tams = await startTestServer({ WEBHOOK_CONCURRENCY: '0' });
});
beforeEach(async () => {
  const missing = Math.max(0, 2 - processes.length);
  await Promise.all(Array.from({ length: missing }, startProcess));
  changes = await NumberedChanges.on(tams.client, tams.url, FLOWS);
  receivers = await Promise.all(Array.from({ length: WEBHOOKS }, () => WebhookReceiver.start()));
  webhookIds = await Promise.all(receivers.map(({ url }) => changes.listener(tams.client, url)));
});
afterEach(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await tams.stop();
});

/** Each takes half of the webhooks at most, so that every one of two is in the middle of something. */
async function startProcess(): Promise<void> {
  const one = await ServerProcess.start({
    DATABASE_URL: tams.databaseUrl,
    DATA_DIR: tams.dataDirectory,
    DATABASE_POOL_SIZE: '5',
    JOB_WORKERS: 'false',
    WEBHOOK_CONCURRENCY: String(WEBHOOKS / 2),
    WEBHOOK_LEASE_SECONDS: leaseSeconds,
  });
  processes.push(one);
}

async function expectEverything(): Promise<void> {
  for (const [index, receiver] of receivers.entries()) {
    await receiver.accepts(EVENTS, 120_000);
    await expectEveryEvent(tams.client, webhookIds[index]!, receiver, changes);
  }
}

/** Waits until every receiver took so many more events and has one that it does not answer before it is released. */
async function holdInTheMiddle(more: number): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const held = receivers.map(async (receiver) => {
    const before = receiver.accepted.length;
    let holds = false;
    receiver.react = () => {
      if (receiver.accepted.length < before + more) return { status: 204 };
      holds = true;
      return released.then(() => ({ status: 204 }));
    };
    await receiver.until(() => holds, `${more} more events and one to hold`, 60_000);
  });
  await Promise.all(held);
  return () => {
    release(undefined);
  };
}

async function deliveredBy(one: ServerProcess): Promise<number> {
  const scrape = await (await fetch(`${one.url}/metrics`)).text();
  return Number(/^tams_webhook_deliveries_total\{[^}]*outcome="delivered"[^}]*\} (\d+)$/m.exec(scrape)?.[1]);
}

it('delivers each event once when two processes share the work, and each takes its part', async () => {
  const before = await Promise.all(processes.map(deliveredBy));
  await changes.make(EVENTS / FLOWS);
  await expectEverything();
  for (const receiver of receivers) expect(receiver.messages).toHaveLength(EVENTS);
  const after = await Promise.all(processes.map(deliveredBy));
  const parts = after.map((count, index) => count - before[index]!);
  expect(Math.min(...parts)).toBeGreaterThan(0);
  expect(parts.reduce((sum, part) => sum + part)).toBe(WEBHOOKS * EVENTS);
  await Promise.all(processes.splice(0).map((one) => one.stop()));
  leaseSeconds = '1';
});

it('loses nothing, and no order, when a delivering process is killed in the middle, three times', async () => {
  const quarter = EVENTS / FLOWS / 4;
  for (const kill of [1, 2, 3]) {
    const making = changes.make(quarter);
    const release = await holdInTheMiddle(quarter);
    await processes.shift()!.kill();
    release();
    await Promise.all([making, kill < 3 && startProcess()]);
  }
  await changes.make(quarter);
  await expectEverything();
});
