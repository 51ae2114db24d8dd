import { configureLogging, startTracing } from '@tams/telemetry';
import { videoFlow } from '../support/flow-fixtures';
import { BreakableLink } from '../support/breakable-link';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { type LogLine, LogLines } from './log-lines';

const log = new LogLines();
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9/v1/traces';
const REQUESTS = 100;

let link: BreakableLink;
let tams: TestServer;
beforeAll(async () => {
  link = await BreakableLink.to(await createTestDatabase());
  tams = await startTestServer({ DATABASE_URL: link.url });
});
afterAll(async () => {
  await tams.stop();
  await link.stop();
});
beforeEach(() => {
  configureLogging({ level: 'info', format: 'json', destination: log });
  log.clear();
});

function withStack(): LogLine[] {
  return log.all().filter(({ err }) => (err as { stack?: string } | undefined)?.stack !== undefined);
}

it('an outage of the database names its cause in each request, prints a stack a kind, and nothing without a text', async () => {
  link.cut();
  for (let batch = 0; batch < REQUESTS / 20; batch += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${tams.url}/flows`)));
    expect(answers.every(({ status }) => status === 503)).toBe(true);
  }
  await eventually(() => log.all().some(({ context }) => context === 'Jobs'), Boolean, {
    what: 'the job queue says that it is cut off',
    atMost: 90_000,
  });
  link.mend();
  const requests = log.requests();
  expect(requests).toHaveLength(REQUESTS);
  for (const { problem, cause } of requests) {
    expect({ problem, cause }).toEqual({
      problem: 'dependency-unavailable',
      cause: expect.stringMatching(/connect|ECONN|terminated|closed/i) as string,
    });
  }
  expect(log.all().filter(({ msg }) => typeof msg !== 'string' || msg === '')).toEqual([]);
  // A few kinds (cut off in the middle, refused), in a few places; not one a request.
  expect(withStack().length).toBeGreaterThan(0);
  expect(withStack().length).toBeLessThan(REQUESTS / 4);
}, 120_000);

it('the audit line of a change and the line of its request write its route alike', async () => {
  const flow = videoFlow();
  await eventually(
    async () => (await fetch(`${tams.url}/readyz`)).status,
    (status) => status === 200,
  );
  log.clear();
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  await eventually(
    () => log.all().filter(({ method }) => method === 'PUT').length,
    (lines) => lines === 2,
  );
  const lines = log.all().filter(({ method }) => method === 'PUT');
  expect(lines.map(({ route }) => route)).toEqual(['/flows/{flowId}', '/flows/{flowId}']);
  const [address] = lines.flatMap(({ client, source }) => [client, source]).filter(Boolean);
  expect(address).toBe('127.0.0.1');
});

it('a collector that takes nothing is warned of with the cause, not once a batch', async () => {
  const tracing = startTracing(
    {
      OTLP_ENDPOINT: NOWHERE,
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_TRACES_SAMPLER: 'always_on',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      // Long enough to be refused on a busy machine; an exporter tries again after 800 ms at the earliest, and is not to.
      OTEL_EXPORTER_OTLP_TIMEOUT: '700',
    },
    { name: 'tams-test', version: '1' },
  );
  const warnings = () => log.all().filter(({ context }) => context === 'Telemetry');
  const of = (what: string) => warnings().filter(({ msg }) => String(msg).includes(what));
  while (of('take spans').length === 0 || of('take log records').length === 0) {
    await fetch(`${tams.url}/sources`);
    await tracing.flush();
  }
  for (let time = 0; time < 20; time += 1) {
    await fetch(`${tams.url}/sources`);
    await tracing.flush();
  }
  await tracing.stop();
  for (const what of ['take spans', 'take log records']) {
    expect(of(what)).toHaveLength(1);
    expect(of(what)[0]).toMatchObject({
      level: 'warn',
      msg: expect.stringMatching(/ECONNREFUSED|timed? ?out/i) as string,
    });
  }
}, 60_000);
