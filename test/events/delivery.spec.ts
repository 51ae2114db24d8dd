import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { idOf, type Reaction, type ReceivedMessage, WebhookReceiver } from '../support/webhook-receiver';
import { deliveries, listen, type ReadWebhook } from './webhook-fixtures';

type Json = Record<string, unknown>;

let tams: TestServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  tams = await startTestServer({
    WEBHOOK_TIMEOUT_SECONDS: '1',
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '20',
    WEBHOOK_RETRY_LONGEST_SECONDS: '1',
    WEBHOOK_RETRY_BUDGET_SECONDS: '60',
  });
});
afterAll(() => tams.stop());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

/** A Flow, and a webhook that hears only of it. */
async function flowWithListener(url = receiver.url): Promise<{ flow: { id: string }; webhook: ReadWebhook }> {
  const flow = videoFlow();
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  return { flow, webhook: await listen(tams.client, url, { events: ['flows/updated'], flow_ids: [flow.id] }) };
}

/** Makes numbered events, one after the other. */
async function makeEvents(flowId: string, count: number, first = 0): Promise<void> {
  for (let number = first; number < first + count; number += 1) {
    expect((await tams.client.put(`/flows/${flowId}/label`, String(number))).status).toBe(204);
  }
}

/** The numbers of accepted events, in the order of their first arrival. */
const numbers = (messages: readonly ReceivedMessage[]): number[] => {
  const firsts = new Map(messages.toReversed().map((message) => [idOf(message), message]));
  return messages
    .filter((message) => firsts.get(idOf(message)) === message)
    .map(({ body }) => Number((body.event['flow'] as Json)['label']));
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a receiver that misbehaves gets every event, in order', () => {
  it.each<[string, (message: ReceivedMessage, earlier: number) => Reaction]>([
    ['answers 500 at first', (_, earlier) => ({ status: earlier < 2 ? 500 : 200 })],
    ['answers 404 at first', (_, earlier) => ({ status: earlier < 1 ? 404 : 200 })],
    [
      'redirects at first',
      (_, earlier) => ({ status: earlier < 1 ? 302 : 200, headers: { location: 'http://169.254.169.254/' } }),
    ],
    ['drops connections', (_, earlier) => (earlier < 1 ? 'drop' : { status: 200 })],
  ])('that %s', async (_, react) => {
    receiver.react = react;
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 12);
    await receiver.accepts(12);
    expect(numbers(receiver.accepted)).toEqual(upTo(12));
    const history = await settled(webhook.id, 12);
    expect(history.every(({ attempts, history: tries }) => attempts > 1 && tries[0]?.error !== undefined)).toBe(true);
  });

  it('that hangs', async () => {
    receiver.react = (_, earlier) => (earlier < 1 ? 'hang' : { status: 200 });
    const { flow } = await flowWithListener();
    await makeEvents(flow.id, 2);
    await receiver.accepts(2);
    expect(numbers(receiver.accepted)).toEqual(upTo(2));
  });

  it('that asks for patience', async () => {
    receiver.react = (_, earlier) => (earlier < 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 });
    const { flow } = await flowWithListener();
    await makeEvents(flow.id, 1);
    await receiver.accepts(1);
    const [refused, accepted] = receiver.messages;
    expect(accepted!.at - refused!.at).toBeGreaterThanOrEqual(1000);
  });

  it('that is down for a while', async () => {
    const { flow } = await flowWithListener();
    await makeEvents(flow.id, 5);
    await receiver.accepts(5);
    const before = receiver.accepted.splice(0);
    await receiver.stop();
    await makeEvents(flow.id, 20, 5);
    receiver = await WebhookReceiver.start(undefined, receiver.port);
    await receiver.accepts(20);
    expect(numbers([...before, ...receiver.accepted])).toEqual(upTo(25));
  });
});

/** The history once everything in it has arrived. */
async function settled(webhookId: string, count: number): Promise<Awaited<ReturnType<typeof deliveries>>> {
  return eventually(
    () => deliveries(tams.client, webhookId),
    (history) => history.length === count && history.every(({ state }) => state === 'delivered'),
    { what: 'every delivery is in the history', every: 50, atMost: 30_000 },
  );
}

describe('many receivers', () => {
  it('are not delayed by one that hangs', async () => {
    const slow = await WebhookReceiver.start(() => 'hang');
    const flow = videoFlow();
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    const filter = { events: ['flows/updated'], flow_ids: [flow.id] };
    const slowOnes = await Promise.all(Array.from({ length: 20 }, () => listen(tams.client, slow.url, filter)));
    await listen(tams.client, receiver.url, filter);
    const start = Date.now();
    await makeEvents(flow.id, 20);
    await receiver.accepts(20);
    // One after the other, the slow ones would take a second each for the first event alone.
    expect(Date.now() - start).toBeLessThan(15_000);
    expect(numbers(receiver.accepted)).toEqual(upTo(20));
    for (const { id } of slowOnes) await tams.client.delete(`/service/webhooks/${id}`);
    await slow.stop();
  });
});

describe('the history of a webhook', () => {
  it('pages through every event and attempt, latest first', async () => {
    receiver.react = (_, earlier) => ({ status: earlier < 1 ? 503 : 204 });
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 5);
    await receiver.accepts(5);
    const history = await settled(webhook.id, 5);
    expect(history.map(({ id }) => id)).toEqual(receiver.acceptedIds);
    expect(history[0]).toMatchObject({
      event_type: 'flows/updated',
      flow_id: flow.id,
      attempts: 2,
      history: [{ status_code: 503, error: 'answered 503' }, { status_code: 204 }],
    });
    const path = `/service/webhooks/${webhook.id}/deliveries`;
    const page = await tams.client.get<Json[]>(path, { query: { limit: 2 } });
    const next = await tams.client.next<Json[]>(page);
    const shown = [...page.body, ...(next?.body ?? [])].map((one) => one['id']);
    expect(shown).toEqual(receiver.acceptedIds.toReversed().slice(0, 4));
    expect((await tams.client.get<Json[]>(path, { query: { state: 'waiting' } })).body).toEqual([]);
    expect((await tams.client.get(path, { query: { state: 'lost' } })).status).toBe(400);
    expect((await tams.client.get<Json>(`${path}/${history[1]!.id}`)).body).toEqual(history[1]);
  });

  it('answers 404 where there is nothing', async () => {
    const { webhook } = await flowWithListener();
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const path of [
      `/service/webhooks/${nobody}/deliveries`,
      `/service/webhooks/${webhook.id}/deliveries/${nobody}`,
    ]) {
      expect((await tams.client.get(path)).status).toBe(404);
    }
    for (const path of [
      `${webhook.id}/deliveries/${nobody}/replay`,
      `${nobody}/test`,
      `${nobody}/replay?since=2026-01-01T00:00:00Z`,
    ]) {
      expect((await tams.client.post(`/service/webhooks/${path}`, undefined)).status).toBe(404);
    }
    expect((await tams.client.post(`/service/webhooks/${webhook.id}/replay`, undefined)).status).toBe(400);
  });
});

describe('what operators can do', () => {
  it('send one event again, or everything since a time, in order', async () => {
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 6);
    await receiver.accepts(6);
    const history = await settled(webhook.id, 6);
    const again = receiver.accepted.length;
    const path = `/service/webhooks/${webhook.id}`;
    const one = await tams.client.post<Json>(`${path}/deliveries/${history[2]!.id}/replay`, undefined);
    expect([one.status, one.body['id']]).toEqual([202, history[2]!.id]);
    await receiver.until(() => receiver.accepted.length === again + 1, 'the event again');
    expect(idOf(receiver.accepted.at(-1)!)).toBe(history[2]!.id);

    const since = receiver.accepted[3]!.body.event_timestamp;
    const answer = await tams.client.post<Json>(`${path}/replay?since=${encodeURIComponent(since)}`, undefined);
    expect([answer.status, answer.body]).toEqual([202, { replayed: 3 }]);
    await receiver.until(() => receiver.accepted.length === again + 4, 'three events again');
    expect(receiver.accepted.slice(again + 1).map(idOf)).toEqual(history.slice(3).map(({ id }) => id));
  });

  it('give up an event that the receiver will never take', async () => {
    receiver.react = ({ body }) => ({ status: (body.event['flow'] as Json)['label'] === '1' ? 400 : 200 });
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 3);
    await receiver.until(() => receiver.messages.length > 2, 'the event to be refused');
    const path = `/service/webhooks/${webhook.id}/deliveries`;
    const [stuck] = await deliveries(tams.client, webhook.id, { state: 'waiting' });
    expect((await tams.client.delete(`${path}/${stuck!.id}`)).status).toBe(204);
    await receiver.accepts(2);
    expect(numbers(receiver.accepted)).toEqual([0, 2]);
    expect((await tams.client.get<Json>(`${path}/${stuck!.id}`)).body['state']).toBe('abandoned');
    expect((await tams.client.delete(`${path}/${stuck!.id}`)).status).toBe(400);
  });

  it('try a receiver', async () => {
    const { webhook } = await flowWithListener();
    const test = (): Promise<{ status: number; body: Json }> =>
      tams.client.post<Json>(`/service/webhooks/${webhook.id}/test`, undefined);
    expect((await test()).body).toMatchObject({ delivered: true, status_code: 204 });
    expect(receiver.accepted.at(-1)?.body).toMatchObject({
      event_type: 'webhooks/test',
      event: { webhook_id: webhook.id },
    });
    receiver.react = () => ({ status: 401 });
    expect((await test()).body).toMatchObject({ delivered: false, status_code: 401, error: 'answered 401' });
  });
});

describe('a webhook that changes while it is owed something', () => {
  it('keeps what it is owed while disabled, and gets it first when it is started again', async () => {
    receiver.react = () => ({ status: 500 });
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 2);
    await receiver.until(() => receiver.messages.length > 0, 'an attempt');
    const change = (changes: Json): Promise<{ status: number }> =>
      tams.client.put(`/service/webhooks/${webhook.id}`, { ...webhook, ...changes });
    expect((await change({ status: 'disabled' })).status).toBe(201);
    await makeEvents(flow.id, 2, 2);
    receiver.react = () => ({ status: 200 });
    expect((await change({ status: 'created' })).status).toBe(201);
    await makeEvents(flow.id, 1, 4);
    await receiver.accepts(3);
    expect(numbers(receiver.accepted)).toEqual([0, 1, 4]);
  });

  it('is delivered to its new address', async () => {
    receiver.react = () => ({ status: 500 });
    const other = await WebhookReceiver.start();
    const { flow, webhook } = await flowWithListener();
    await makeEvents(flow.id, 2);
    await receiver.until(() => receiver.messages.length > 0, 'an attempt');
    await tams.client.put(`/service/webhooks/${webhook.id}`, { ...webhook, url: other.url, status: 'created' });
    await other.accepts(2);
    expect(numbers(other.accepted)).toEqual([0, 1]);
    await other.stop();
  });
});
