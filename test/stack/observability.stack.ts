import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pendingMetrics } from '../../deploy/grafana/src/pending-metrics';
import { poll } from './child';
import { installPrograms, programPath } from './debian-programs';
import { withVariables } from './prometheus-client';
import { RunningStack } from './running-stack';
import { metricNames, panelQueries, type PanelQuery, ROOT, shippedIn } from './shipped-files';

/** Panels that may show nothing in this test, and why; never more than five. */
const exceptions: readonly { readonly dashboard: string; readonly panel: string; readonly why: string }[] = [];

/** Metrics of parts that are not in this server yet: panels that read nothing else are told, not failed. */
const unfed: readonly string[] = [
  ...Object.values(pendingMetrics).map((metric) => metric.name),
  'tams_jobs_waiting',
  'tams_jobs_oldest_waiting_seconds',
  'tams_job_duration_seconds',
];

let stack: RunningStack;

beforeAll(async () => {
  installPrograms();
  stack = await RunningStack.start();
}, 600_000);
// Without a stack its start has failed, and has stopped what it began.
afterAll(() => (stack as RunningStack | undefined)?.stop());

function run(program: Parameters<typeof programPath>[0], ...parameters: string[]): string {
  return execFileSync(programPath(program), parameters, { cwd: join(ROOT, 'deploy/prometheus'), encoding: 'utf8' });
}

test('promtool accepts the shipped configuration and rules', () => {
  expect(run('promtool', 'check', 'config', 'prometheus.yml')).toContain('is valid prometheus config file syntax');
  const files = shippedIn('deploy/prometheus/rules', '.yml').map((name) => `rules/${name}`);
  expect(run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...files)).not.toContain('FAILED');
});

test('each alert fires on the figures that must fire it and stays quiet on those that must not', () => {
  const files = shippedIn('deploy/prometheus/tests', '.yml').map((name) => `tests/${name}`);
  expect(run('promtool', 'test', 'rules', ...files)).not.toContain('FAILED');
});

test('every target is up', async () => {
  const targets = await poll('all targets to be up', 30_000, async () => {
    const found = await stack.prometheus.targets();
    return found.length >= 5 && found.every((target) => target.health === 'up') && found;
  });
  expect(targets.map((target) => target.labels['job']).toSorted()).toEqual(
    expect.arrayContaining(['alertmanager', 'node', 'postgres', 'prometheus', 'tams-api']),
  );
});

test('every rule can be evaluated', async () => {
  await poll(
    'rules to be evaluated',
    30_000,
    async () => (await stack.prometheus.query('tams:slo_requests:increase5m')).length,
  );
  expect(await stack.prometheus.failedRules()).toEqual([]);
});

describe('every panel shows data', () => {
  const queries = panelQueries();

  test('the exceptions are few, and exist', () => {
    expect(exceptions.length).toBeLessThanOrEqual(5);
    for (const { dashboard, panel } of exceptions) {
      expect(queries.some((query) => query.dashboard === dashboard && query.panel === panel)).toBe(true);
    }
  });

  test.each([...new Set(queries.map((query) => query.dashboard))])('%s', async (dashboard) => {
    let empty = queries.filter((query) => query.dashboard === dashboard && !isException(query));
    const told: string[] = [];
    await poll(`data for ${dashboard}`, 90_000, async () => {
      const still: PanelQuery[] = [];
      for (const query of empty) if (!(await hasData(query))) still.push(query);
      empty = still;
      return empty.every(isUnfed);
    }).catch((error: unknown) => told.push(String(error)));
    const waiting = empty.filter(isUnfed).map((query) => query.panel);
    if (waiting.length > 0) console.log(`${dashboard}: not fed yet: ${[...new Set(waiting)].join(', ')}`);
    expect(empty.filter((query) => !isUnfed(query))).toEqual([]);
  });

  function isException({ dashboard, panel }: PanelQuery): boolean {
    return exceptions.some((exception) => exception.dashboard === dashboard && exception.panel === panel);
  }

  function isUnfed({ expr }: PanelQuery): boolean {
    return metricNames(expr).some((name) => unfed.includes(name.replace(/_(?:bucket|sum|count)$/, '')));
  }

  async function hasData({ expr }: PanelQuery): Promise<boolean> {
    const samples = await stack.prometheus.query(withVariables(expr));
    return samples.some((sample) => !Number.isNaN(sample.value));
  }
});

test('a slow request leads to its trace', async () => {
  const traces = await poll('exemplars', 30_000, async () => {
    const found = await stack.prometheus.exemplarTraces('tams_http_request_duration_seconds_bucket{job="tams-api"}');
    return found.length > 0 && found;
  });
  expect(traces.filter((trace) => !/^[0-9a-f]{32}$/.test(trace))).toEqual([]);
  expect(stack.collector.requests).toBeGreaterThan(0);
});

test('errors of the server reach the webhook as a page', async () => {
  const alert = await stack.receiver.arrival({ alertname: 'TamsHighErrorRateFastBurn' }, 90_000);
  expect(alert).toMatchObject({
    receiver: 'page',
    labels: { severity: 'page', component: 'api', slo: 'availability' },
    annotations: {
      dashboard: 'http://grafana.test:3000/d/tams-slo',
      runbook_url: 'docs/runbooks/high-error-rate.md',
    },
  });
  expect(alert.annotations['summary']).toMatch(
    /^\d+(\.\d+)?% of the requests of the last 1h were answered with an error of ours/,
  );
  expect(alert.labels).not.toHaveProperty('grafana_url');
});

test('a live ingest that stalls reaches the webhook as a page', async () => {
  const alert = await stack.receiver.arrival({ alertname: 'TamsIngestStalled' }, 150_000);
  expect(alert).toMatchObject({
    receiver: 'page',
    labels: { severity: 'page', component: 'ingest' },
    annotations: { summary: '1 live ingest(s) stalled', runbook_url: 'docs/runbooks/ingest-stalled.md' },
  });
});

test('a server that is killed reaches the webhook as a page', async () => {
  const targets = (await stack.prometheus.targets()).filter((target) => target.labels['job'] === 'tams-api');
  const others = targets.map((target) => target.labels['instance'] ?? '');
  const { target, child } = await stack.startServer();
  await stack.setTargets('tams-api', [...others, target]);
  await poll('the second server to be scraped', 30_000, async () =>
    (await stack.prometheus.targets()).some(({ labels, health }) => labels['instance'] === target && health === 'up'),
  );
  await child.stop('SIGKILL');
  const alert = await stack.receiver.arrival({ alertname: 'TamsInstanceDown', instance: target }, 60_000);
  await stack.setTargets('tams-api', others);
  expect(alert).toMatchObject({
    receiver: 'page',
    labels: { severity: 'page', component: 'api', job: 'tams-api' },
    annotations: { summary: `${target} does not answer its scrapes`, runbook_url: 'docs/runbooks/instance-down.md' },
  });
});

/** Alerts the load is meant to cause; and those that depend on how busy this machine is with other things. */
const caused = /^Tams(HighErrorRate.+|IngestStalled|InstanceDown|MetadataStoreFailing)$/;
const machine = /^Tams(Host.+|Disk.+|Slow.+|EventLoopBlocked|MetadataStoreSlow|StorageSlow)$/;

test('no other alert fires: the load is not a fault', async () => {
  const firing = await stack.prometheus.query('count by (alertname) (ALERTS{alertname=~"Tams.+",alertstate="firing"})');
  const names = firing.map(({ metric }) => metric['alertname'] ?? '');
  expect(names.filter((name) => !caused.test(name) && !machine.test(name))).toEqual([]);
});
