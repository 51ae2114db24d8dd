import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expectEveryEvent, NumberedChanges } from '../events/numbered-changes';
import { createTestDatabase } from '../support/test-database';
import { type Reaction, WebhookReceiver } from '../support/webhook-receiver';
import { BreakableServer } from './support/breakable-server';
import { type Chance, chanceOfRun } from './support/chance';

const EVENTS = 5000;
const FLOWS = 10;
const KILLS = 3;
/** How long the second receiver is not there at all. */
const DOWN_MS = 3000;

let server: BreakableServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-faults-'));
  server = await BreakableServer.start({
    DATABASE_URL: await createTestDatabase(),
    DATA_DIR: directory,
    WEBHOOK_LEASE_SECONDS: '2',
    WEBHOOK_TIMEOUT_SECONDS: '1',
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '10',
    WEBHOOK_RETRY_LONGEST_SECONDS: '1',
  });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** One message in twenty is not taken; the costly ways of that are rare. */
function misbehaviour(chance: Chance): () => Reaction {
  const usual: Reaction[] = [
    { status: 500 },
    { status: 404 },
    { status: 429 },
    { status: 302, headers: { location: 'http://169.254.169.254/' } },
    'drop',
  ];
  const costly: Reaction[] = ['hang', { status: 429, headers: { 'retry-after': '1' } }];
  return () => {
    const lot = chance.between(1, 1000);
    if (lot === 1) return chance.one(costly);
    return lot <= 50 ? chance.one(usual) : { status: 204 };
  };
}

it(`${EVENTS} events arrive, in order, although the server is killed ${KILLS} times and a receiver misbehaves`, async () => {
  const good = await WebhookReceiver.start();
  let bad = await WebhookReceiver.start(misbehaviour(chanceOfRun()));
  const changes = await NumberedChanges.on(server.client, server.url, FLOWS);
  const webhooks = [await changes.listener(server.client, good.url), await changes.listener(server.client, bad.url)];
  const making = changes.make(EVENTS / FLOWS);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // Both are in the middle of something: the one that takes everything, and the one that lags behind.
    await good.accepts((EVENTS * kill) / (KILLS + 2), 120_000);
    expect(bad.acceptedIds.length).toBeLessThan(EVENTS);
    await server.kill();
    await server.restart();
  }
  await making;
  // What it was owed meanwhile waits for it.
  await bad.stop();
  const before = bad;
  await delay(DOWN_MS);
  bad = await WebhookReceiver.start(before.react, before.port);
  bad.messages.unshift(...before.messages);
  bad.accepted.unshift(...before.accepted);
  for (const [index, receiver] of [good, bad].entries()) {
    await receiver.accepts(EVENTS, 240_000);
    await expectEveryEvent(server.client, webhooks[index]!, receiver, changes);
    const again = receiver.accepted.length - receiver.acceptedIds.length;
    console.log(`${receiver.acceptedIds.length} events, ${receiver.messages.length} messages, ${again} taken twice.`);
    await receiver.stop();
  }
  console.log(`${changes.repeated.length} requests had no answer and were made again.`);
});
