import { startTracing, type Tracing } from '@tams/telemetry';
import { startTestServer, type TestServer } from '../support/test-server';
import { videoFlow } from '../support/flow-fixtures';
import { WebhookReceiver } from '../support/webhook-receiver';
import { listen } from './webhook-fixtures';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

let tracing: Tracing | undefined;
let tams: TestServer | undefined;
let receiver: WebhookReceiver | undefined;

afterEach(async () => {
  await tams?.stop();
  await receiver?.stop();
  await tracing?.stop();
  delete process.env['OTEL_PROPAGATORS'];
});

/** Headers of the delivery that a request with these headers causes. */
async function deliveryOf(
  propagators: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  // The SDK reads it from the environment of the process.
  if (propagators !== undefined) process.env['OTEL_PROPAGATORS'] = propagators;
  tracing = startTracing({}, { name: 'tams-test', version: '1' });
  receiver = await WebhookReceiver.start();
  tams = await startTestServer();
  const flow = videoFlow();
  await listen(tams.client, receiver.url, { events: ['flows/created'], source_ids: [flow.source_id] });
  await tams.client.put(`/flows/${flow.id}`, flow, { headers });
  const [message] = await receiver.accepts(1);
  return message!.headers;
}

it('what a caller sends along with its trace reaches the receivers of what it caused', async () => {
  const headers = await deliveryOf(undefined, {
    traceparent: `00-${TRACE}-${PARENT}-01`,
    tracestate: 'acme=1,other=x',
    baggage: 'production=evening-news',
  });
  expect(headers).toMatchObject({
    traceparent: expect.stringMatching(new RegExp(`^00-${TRACE}-`)) as string,
    tracestate: 'acme=1,other=x',
    baggage: 'production=evening-news',
  });
});

it('other propagators than those of W3C are honoured on the way in, through the outbox, and on the way out', async () => {
  const headers = await deliveryOf('b3', { b3: `${TRACE}-${PARENT}-1` });
  expect(headers['b3']).toMatch(new RegExp(`^${TRACE}-[0-9a-f]{16}-`));
  expect(headers['b3']).not.toContain(PARENT);
  expect(headers).not.toHaveProperty('traceparent');
});

it('a request without a trace of its own leaves nothing but the identity of ours', async () => {
  const headers = await deliveryOf(undefined, {});
  expect(headers).toHaveProperty('traceparent');
  expect(headers).not.toHaveProperty('tracestate');
  expect(headers).not.toHaveProperty('baggage');
});
