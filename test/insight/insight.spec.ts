import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

interface Step {
  readonly kind: string;
  readonly name: string;
  readonly duration_ms?: number;
  readonly failure?: string;
  readonly session?: number;
  readonly waits_for?: string;
}
interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly correlation_id: string;
  readonly outcome: string;
  readonly status?: number;
  readonly problem?: string;
  readonly failure?: string;
  readonly duration_ms: number;
  readonly steps: readonly Step[];
}
interface Session {
  readonly pid: number;
  readonly session_started: string;
  readonly application?: string;
  readonly state: string;
  readonly query: string;
  readonly blocked_by: readonly number[];
  readonly correlation_id?: string;
}
interface Now {
  readonly work: readonly Entry[];
  readonly sessions: readonly Session[];
}

let tams: TestServer;
let other: Client;

beforeAll(async () => {
  tams = await startTestServer({ DATABASE_STATEMENT_TIMEOUT_SECONDS: '6', JAEGER_URL: 'http://jaeger.test:16686' });
  other = new Client({ connectionString: tams.databaseUrl, application_name: 'somebody' });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await tams.stop();
});

async function read<Body>(path: string): Promise<Body> {
  const answer = await fetch(`${tams.url}${path}`);
  const body = (await answer.json()) as Body;
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

describe('a request that waits for a lock', () => {
  const flow = videoFlow();
  const correlationId = `at-night-${randomUUID()}`;
  let answer: Promise<Response>;

  beforeAll(async () => {
    await tams.client.put(`/flows/${flow.id}`, flow);
    await other.query('BEGIN');
    await other.query('LOCK TABLE flows IN ACCESS EXCLUSIVE MODE');
    answer = fetch(`${tams.url}/flows/${flow.id}`, { headers: { 'x-correlation-id': correlationId } });
  });
  afterAll(() => other.query('ROLLBACK'));

  it('is shown while it waits, with the session that keeps it waiting, and is named by /health', async () => {
    const isShown = ({ sessions }: Now) => sessions.some((session) => session.correlation_id === correlationId);
    const { sessions, work } = await eventually(() => read<Now>('/insight/now'), isShown);
    const waiting = sessions.find((session) => session.correlation_id === correlationId)!;
    const blocker = sessions.find(({ pid }) => pid === waiting.blocked_by[0])!;
    expect(blocker).toMatchObject({ application: 'somebody', state: 'idle in transaction', blocked_by: [] });
    expect(blocker.query).toBe('LOCK TABLE flows IN ACCESS EXCLUSIVE MODE');
    expect(work.map(({ correlation_id }) => correlation_id)).toContain(correlationId);
    const { summary } = await eventually(
      () => read<{ summary: string }>('/health'),
      (health) => health.summary.includes('LOCK TABLE flows'),
      { atMost: 6_000 },
    );
    expect(summary).toMatch(/^locks is degraded since .+ for a lock on flows, .+ held by session \d+ \(somebody/);
  });

  it('is found by its correlation id when it has failed, with what it waited for', async () => {
    expect((await answer).status).toBe(503);
    const { work } = await read<{ work: Entry[] }>(`/insight/correlations/${correlationId}`);
    expect(work).toHaveLength(1);
    expect(work[0]).toMatchObject({ kind: 'request', name: '/flows/{flowId}', outcome: 'error', status: 503 });
    expect(work[0]!.failure).toContain('statement timeout');
    const step = work[0]!.steps.find(({ waits_for: waits }) => waits !== undefined);
    expect(step).toMatchObject({ kind: 'statement', failure: '57014' });
    expect(step!.waits_for).toMatch(/^session \d+ \(somebody, idle in transaction for \d+ s\): LOCK TABLE flows/);
    const { items } = await read<{ items: Entry[] }>('/insight/errors');
    expect(items[0]!.correlation_id).toBe(correlationId);
  });

  it('lets the session be ended that holds the lock, and no other of the same number', async () => {
    const holder = await eventually(
      async () => (await read<Now>('/insight/now')).sessions.find(({ application }) => application === 'somebody'),
      (session) => session !== undefined,
    );
    other.on('error', () => undefined);
    const stop = (started: string) =>
      fetch(`${tams.url}/insight/sessions/${holder!.pid}/stop`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ session_started: started, end_session: true }),
      });
    expect((await stop('2020-01-01T00:00:00.000Z')).status).toBe(404);
    expect((await stop(holder!.session_started)).status).toBe(204);
    expect((await fetch(`${tams.url}/flows/${flow.id}`)).status).toBe(200);
    other = new Client({ connectionString: tams.databaseUrl, application_name: 'somebody' });
    await other.connect();
  });
});

it('at a glance: one sentence, every part with its last hour, the newest figures, the replicas and the tools', async () => {
  interface Overview {
    readonly summary: string;
    readonly checks: readonly { readonly name: string; readonly last_hour: readonly string[] }[];
    readonly figures: Readonly<Record<string, number | null>>;
    readonly replicas: readonly { readonly this_one: boolean; readonly state: string }[];
    readonly links: object;
  }
  const overview = await eventually(
    () => read<Overview>('/insight'),
    ({ summary, replicas }) => summary.startsWith('All ') && replicas.length === 1,
  );
  expect(overview.checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['database', 'connections', 'locks', 'event_loop', 'ingest', 'webhooks', 'clock', 'disk']),
  );
  expect(overview.checks.every(({ last_hour: strip }) => strip.length === 60 && strip.at(-1) !== 'unknown')).toBe(true);
  expect(overview.replicas).toMatchObject([{ this_one: true, state: 'running' }]);
  expect(overview.links).toEqual({ jaeger: 'http://jaeger.test:16686' });
  expect(Object.keys(overview.figures)).toContain('requests_2xx');
});

it('tells of every look as server-sent events', async () => {
  const answer = await fetch(`${tams.url}/insight/stream`);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  let text = '';
  for await (const chunk of answer.body!) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (text.split('event: overview').length > 2) break;
  }
  const [first] = text.split('\n\n');
  expect(JSON.parse(first!.replace('event: overview\ndata: ', ''))).toMatchObject({ status: 'ok' });
});

it('shows settings that are not at their defaults, starts, and the level of the log, which can be changed', async () => {
  const changes = await read<{ settings: { name: string; value: string }[]; starts: unknown[]; migrations: string[] }>(
    '/insight/changes',
  );
  expect(changes.settings).toContainEqual({ name: 'DATABASE_STATEMENT_TIMEOUT_SECONDS', value: '6' });
  expect(changes.settings.find(({ name }) => name === 'DATABASE_URL')!.value).not.toMatch(/[:/][^/@]*@/);
  expect(changes.starts.length).toBeGreaterThan(0);
  expect(changes.migrations).toContain('Replicas1764700000000');
  const put = (level: string) =>
    fetch(`${tams.url}/insight/log-level`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ level }),
    });
  expect((await put('loud')).status).toBe(400);
  expect((await put('fatal')).status).toBe(200);
  expect(await read('/insight/changes')).toMatchObject({ log_level: 'fatal', log_level_configured: 'silent' });
  await put('silent');
});
