import { BreakableLink } from '../support/breakable-link';
import { BreakablePostgres } from '../faults/support/breakable-postgres';
import { poll } from './child';
import { goProgram } from './prometheus-process';
import { PATIENCE_MS, WatchedServer } from './watched-server';

/** A PostgreSQL that is away or hangs, looked at with the Prometheus of today, Debian's Alertmanager and the shipped rules. */
const program = goProgram('prometheus', 'test/stack/database-faults.stack.ts');
const withPrometheus = program === undefined ? test.skip : test;

let link: BreakableLink;
let postgres: BreakablePostgres;
let watched: WatchedServer;

beforeAll(async () => {
  if (program === undefined) return;
  postgres = await BreakablePostgres.start();
  link = await BreakableLink.to(postgres.url);
  watched = await WatchedServer.start(program, { DATABASE_URL: link.url });
}, 600_000);
afterAll(async () => {
  if (program === undefined) return;
  await watched.stop();
  await link.stop();
  await postgres.stop();
});

withPrometheus(
  'PostgreSQL that is away pages, and the gauges are true soon after it is back',
  async () => {
    link.cut();
    await poll('the page', PATIENCE_MS, async () => (await watched.firing()).includes('TamsMetadataStoreFailing'));
    const health = (await (await fetch(`${watched.tams.url}/health`)).json()) as {
      checks: Record<string, { message: string }>;
    };
    expect(health.checks['database']?.message).toMatch(/ECONN|terminated|closed|timeout/i);
    // Nothing claims to be fresh that is not.
    const age = 'min(time() - tams_gauges_refreshed_timestamp_seconds{source!="disk"})';
    await poll(
      'the gauges to be old',
      PATIENCE_MS,
      async () => ((await watched.prometheus.query(age))[0]?.value ?? 0) > 15,
    );
    link.mend();
    await poll('every gauge to be fresh again', PATIENCE_MS, async () => {
      const oldest = 'max(time() - tams_gauges_refreshed_timestamp_seconds)';
      return ((await watched.prometheus.query(oldest))[0]?.value ?? Number.POSITIVE_INFINITY) < 15;
    });
    await poll(
      'the page to end',
      PATIENCE_MS,
      async () => !(await watched.firing()).includes('TamsMetadataStoreFailing'),
    );
    await watched.resolutionOf(['TamsMetadataStoreFailing']);
  },
  600_000,
);

withPrometheus(
  'PostgreSQL that hangs, its connections open, pages while it does, calls nothing else sick, and the page ends',
  async () => {
    // What is over is told for some minutes more.
    await watched.fires();
    const before = watched.receiver.notifications().length;
    postgres.pause();
    const waiting = new AbortController();
    const client = keepAsking(waiting.signal);
    const seen = new Set<string>();
    await poll('the page', PATIENCE_MS, async () => {
      for (const name of await watched.firing()) seen.add(name);
      return seen.has('TamsMetadataStoreFailing');
    });
    expect((await fetch(`${watched.tams.url}/livez`)).status).toBe(200);
    expect((await fetch(`${watched.tams.url}/readyz`)).status).toBe(503);
    postgres.resume();
    await poll('the page to end', PATIENCE_MS, async () => {
      for (const name of await watched.firing()) seen.add(name);
      return !(await watched.firing()).includes('TamsMetadataStoreFailing');
    });
    waiting.abort();
    await client;
    // What hangs is a consequence of the same cause, and true.
    const consequences = new Set([
      'TamsMetadataStoreFailing',
      'TamsRequestsHanging',
      'TamsGaugesStale',
      'TamsMetadataStoreConnectionsExhausted',
      'TamsHighErrorRateFastBurn',
    ]);
    expect([...seen].filter((name) => !consequences.has(name))).toEqual([]);
    await watched.resolutionOf(['TamsMetadataStoreFailing'], before);
    expect((await watched.tams.client.get('/flows')).status).toBe(200);
  },
  900_000,
);

/** A client that goes on asking, one request after the other, whatever it is answered. */
async function keepAsking(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fetch(`${watched.tams.url}/flows`, { signal })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  }
}
