import { startTracing, type Tracing, withSpan } from '@tams/telemetry';
import { listen } from '../events/webhook-fixtures';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { conventionalNames, namesInCode, ownNames } from './known-attributes';
import { OtlpReceiver } from './otlp-receiver';

let receiver: OtlpReceiver;
let tracing: Tracing;
let tams: TestServer;
let hook: WebhookReceiver;

beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  hook = await WebhookReceiver.start();
  tracing = startTracing(
    { OTLP_ENDPOINT: receiver.endpoint, OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
    { name: 'tams-test', version: '1.2.3' },
  );
  tams = await startTestServer({ RETENTION_INTERVAL_SECONDS: '1' });
});
afterAll(async () => {
  await tams.stop();
  await tracing.stop();
  await hook.stop();
  await receiver.stop();
});

/** Spans of every kind the server makes, except those of S3, which `npm run test:s3` makes. */
async function everyKindOfSpan(): Promise<void> {
  const flow = videoFlow();
  await listen(tams.client, hook.url, { events: ['flows/created'] });
  await tams.client.put(`/flows/${flow.id}`, flow);
  await tams.client.post(`/flows/${flow.id}/storage`, { limit: 1 });
  await fetch(`${tams.url}/flows/${flow.id}?limit=x`, { method: 'PURGE' });
  await withSpan('fails', {}, () => Promise.reject(new Error('on purpose'))).catch(() => undefined);
  await hook.accepts(1);
}

it('every attribute that leaves has a name of the current semantic conventions, or one of ours that is documented', async () => {
  await everyKindOfSpan();
  await eventually(
    async () => {
      await tracing.flush();
      return [1, 2, 3, 5].filter((kind) => !receiver.spans.some((span) => span.kind === kind));
    },
    (missing) => missing.length === 0,
  );
  const sent = new Set([
    ...receiver.spans.flatMap((span) => Object.keys(span.attributes)),
    ...receiver.spans.flatMap(({ events }) => events.flatMap((event) => Object.keys(event.attributes))),
    ...receiver.resources.flatMap((resource) => Object.keys(resource)),
  ]);
  const known = new Set([...conventionalNames(), ...ownNames()]);
  expect([...sent].filter((name) => !known.has(name))).toEqual([]);
  expect([...sent]).toEqual(
    expect.arrayContaining([
      'http.route',
      'db.query.text',
      'messaging.destination.name',
      'server.port',
      'service.name',
    ]),
  );
});

it('no name in the code is one that the conventions do not know or have given up', () => {
  const known = new Set([...conventionalNames(), ...ownNames()]);
  const unknown = [...namesInCode()].filter(([name]) => !known.has(name));
  expect(unknown).toEqual([]);
});

it('the documented names of our own are those the code has', () => {
  const used = [...namesInCode().keys()].filter((name) => name.startsWith('tams.'));
  expect([...ownNames()].toSorted()).toEqual(used.toSorted());
});

it('what the conventions have given up is told from what they know', () => {
  expect(conventionalNames().has('messaging.system.name')).toBe(true);
  expect(conventionalNames().has('messaging.system')).toBe(false);
});
