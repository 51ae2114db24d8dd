import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { parseSamples } from '../telemetry/scrape';
import { type Child, poll } from './child';
import { goProgram, startPrometheus } from './prometheus-process';

const REQUESTS = 2_000;
const AT_ONCE = 20;
const ROUTE = { method: 'GET', endpoint: '/flows/{flowId}' };

const program = goProgram('prometheus', 'test/stack/figures.stack.ts');
const withPrometheus = program === undefined ? test.skip : test;

let directory: string;
let tams: TestServer | undefined;
let child: Child | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-figures-'));
});
afterAll(async () => {
  await child?.stop();
  await tams?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Route {
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly rejected: number;
  readonly p95: number;
}

withPrometheus(
  'the page, /metrics and a real Prometheus say the same of a load',
  async () => {
    const server = (tams = await startTestServer());
    const read = async <Body>(path: string): Promise<Body> =>
      (await (await fetch(`${server.url}${path}`)).json()) as Body;
    const { client: prometheus, child: started } = await startPrometheus(program ?? '', directory, {
      server: new URL(server.url).host,
    });
    child = started;
    const flow = videoFlow();
    await server.client.put(`/flows/${flow.id}`, flow);
    const worker = async (share: number): Promise<void> => {
      for (let request = 0; request < share; request += 1)
        await (await fetch(`${server.url}/flows/${request % 10 === 0 ? crypto.randomUUID() : flow.id}`)).arrayBuffer();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(REQUESTS / AT_ONCE)));

    const route = await poll('the page to have seen all', 30_000, async () => {
      const { items } = await read<{ items: Route[] }>('/insight/routes');
      return items.find(({ method, route, requests }) => {
        return method === ROUTE.method && route === ROUTE.endpoint && requests === REQUESTS;
      });
    });
    const scraped = parseSamples(await (await fetch(`${server.url}/metrics`)).text()).filter(
      ({ labels }) => labels['method'] === ROUTE.method && labels['endpoint'] === ROUTE.endpoint,
    );
    const counted = (status: string): number =>
      scraped
        .filter(({ name, labels }) => name === 'tams_http_requests_total' && labels['status_code'] === status)
        .reduce((sum, { value }) => sum + value, 0);
    expect([counted('200'), counted('404')]).toEqual([REQUESTS * 0.9, REQUESTS * 0.1]);
    expect(route.rejected).toBe(REQUESTS * 0.1);

    const selector = `method="GET",endpoint="/flows/{flowId}"`;
    const value = async (expression: string): Promise<number> => (await prometheus.query(expression))[0]?.value ?? -1;
    await poll('Prometheus to have seen all', 60_000, async () => {
      return (await value(`sum(tams_http_requests_total{${selector}})`)) === REQUESTS;
    });
    expect(await value(`sum(tams_http_requests_total{${selector},status_code="404"})`)).toBe(route.rejected);
    const buckets = `sum by (le) (tams_http_request_duration_seconds_bucket{${selector},outcome="success"})`;
    expect(route.p95).toBeCloseTo(await value(`histogram_quantile(0.95, ${buckets})`), 3);

    // What was drawn adds up to what was counted: a point is an average over its five seconds.
    const { series } = await read<{ series: { points: number[] }[] }>('/insight/series?names=requests_4xx');
    const drawn = series[0]!.points.reduce((sum, rate) => sum + rate * 5, 0);
    expect(drawn).toBeGreaterThan(REQUESTS * 0.1 * 0.9);
    expect(drawn).toBeLessThan(REQUESTS * 0.1 * 1.1);
  },
  600_000,
);
