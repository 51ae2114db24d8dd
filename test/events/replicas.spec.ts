import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { videoFlow } from '../support/flow-fixtures';
import { ServerProcess } from '../support/server-process';
import { startTestServer, type TestServer } from '../support/test-server';
import { idOf, WebhookReceiver } from '../support/webhook-receiver';
import { deliveries, listen } from './webhook-fixtures';

/** More of them prove more and take longer: `WEBHOOK_TEST_EVENTS=5000 npm test -- test/events/replicas.spec.ts`. */
const EVENTS = Number(process.env['WEBHOOK_TEST_EVENTS'] ?? 1000);
const FLOWS = 10;

let tams: TestServer;
let directory: string;
const processes = new Set<ServerProcess>();

beforeAll(async () => {
  // This server takes requests and delivers nothing: the processes do.
  tams = await startTestServer({ WEBHOOK_CONCURRENCY: '0' });
  directory = await mkdtemp(join(tmpdir(), 'tams-replicas-'));
});
afterEach(async () => {
  await Promise.all([...processes].map((one) => one.stop()));
  processes.clear();
});
afterAll(async () => {
  await tams.stop();
  await rm(directory, { recursive: true, force: true });
});

async function startProcess(): Promise<ServerProcess> {
  const one = await ServerProcess.start({
    DATABASE_URL: tams.databaseUrl,
    DATA_DIR: directory,
    DATABASE_POOL_SIZE: '5',
  });
  processes.add(one);
  return one;
}

/** Makes numbered changes of several Flows at the same time. */
async function makeEvents(flowIds: readonly string[], count: number): Promise<void> {
  await Promise.all(
    flowIds.map(async (flowId) => {
      for (let number = 0; number < count / flowIds.length; number += 1) {
        const answer = await fetch(`${tams.url}/flows/${flowId}/label`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(String(number)),
        });
        if (answer.status !== 204) throw new Error(`The change was answered by ${answer.status}`);
      }
    }),
  );
}

/** Compares what arrived with what was owed: everything, and for each Flow in the order of its changes. */
async function expectEverything(receiver: WebhookReceiver, webhookId: string, flows: readonly string[]): Promise<void> {
  const owed = await deliveries(tams.client, webhookId);
  expect(owed).toHaveLength(EVENTS);
  expect([...receiver.acceptedIds].sort()).toEqual(owed.map(({ id }) => id).sort());
  const seen = new Set<string>();
  const labels = new Map(flows.map((id): [string, number[]] => [id, []]));
  for (const message of receiver.accepted) {
    if (seen.has(idOf(message))) continue;
    seen.add(idOf(message));
    const flow = message.body.event['flow'] as { id: string; label: string };
    labels.get(flow.id)?.push(Number(flow.label));
  }
  const inOrder = Array.from({ length: EVENTS / FLOWS }, (_, index) => index);
  for (const numbers of labels.values()) expect(numbers).toEqual(inOrder);
}

async function flowsAndWebhooks(
  receivers: readonly WebhookReceiver[],
): Promise<{ flows: string[]; webhooks: string[] }> {
  const flows: string[] = [];
  for (let count = 0; count < FLOWS; count += 1) {
    const flow = videoFlow();
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    flows.push(flow.id);
  }
  const webhooks: string[] = [];
  for (const { url } of receivers) {
    webhooks.push((await listen(tams.client, url, { events: ['flows/updated'], flow_ids: flows })).id);
  }
  return { flows, webhooks };
}

it('loses nothing, and no order, when the delivering process is killed three times', async () => {
  const receiver = await WebhookReceiver.start();
  await startProcess();
  const { flows, webhooks } = await flowsAndWebhooks([receiver]);
  const making = makeEvents(flows, EVENTS);
  for (const part of [0.1, 0.3, 0.5]) {
    await receiver.until(() => receiver.accepted.length >= EVENTS * part, `${part} of the events`, 60_000);
    const successor = startProcess();
    const [victim] = processes;
    processes.delete(victim!);
    await victim!.kill();
    await successor;
  }
  await making;
  await receiver.accepts(EVENTS, 120_000);
  await expectEverything(receiver, webhooks[0]!, flows);
  await receiver.stop();
}, 240_000);

it('delivers each event once when two processes share the work, and each takes its part', async () => {
  const receivers = await Promise.all(Array.from({ length: 4 }, () => WebhookReceiver.start()));
  await Promise.all([startProcess(), startProcess()]);
  const { flows, webhooks } = await flowsAndWebhooks(receivers);
  await makeEvents(flows, EVENTS);
  for (const [index, receiver] of receivers.entries()) {
    await receiver.accepts(EVENTS, 120_000);
    expect(receiver.messages).toHaveLength(EVENTS);
    await expectEverything(receiver, webhooks[index]!, flows);
    await receiver.stop();
  }
}, 240_000);
