import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { poll } from './child';
import { programPath } from './debian-programs';
import { withVariables } from './prometheus-client';
import { RunningStack } from './running-stack';
import { panelQueries, type PanelQuery, ROOT, shippedIn } from './shipped-files';

/**
 * Panels that show zero in this test because what they count does not happen in it, and why; never more than five. Every
 * other panel must show data without its `or vector(0)`, which would hide a query that matches nothing.
 */
const exceptions: readonly { readonly dashboard: string; readonly panel: string; readonly why: string }[] = [
  {
    dashboard: 'tams-error-analysis',
    panel: 'Failed refreshes of gauges',
    why: 'they fail with the database, and then nothing else works either',
  },
  {
    dashboard: 'tams-storage-analytics',
    panel: 'Expired unregistered',
    why: 'an object expires after six minutes at the earliest',
  },
  { dashboard: 'tams-jobs-and-webhooks', panel: 'Jobs that fail', why: 'the jobs of the load succeed' },
];

/** What switches every receiver of Alertmanager on. */
const everyReceiver = {
  ALERT_EMAIL_TO: 'operators@example.com',
  SMTP_SMARTHOST: 'mail.example.com:587',
  SMTP_FROM: 'tams@example.com',
  SMTP_USERNAME: 'tams',
  SMTP_PASSWORD: 'secret',
  ALERT_SLACK_WEBHOOK_URL: 'https://hooks.example.com/slack',
  ALERT_SLACK_CHANNEL: '#tams',
  ALERT_PAGERDUTY_ROUTING_KEY: 'key',
  ALERT_WEBHOOK_URL: 'https://hooks.example.com/tams',
};

let stack: RunningStack;

beforeAll(async () => {
  stack = await RunningStack.start();
}, 600_000);
// Without a stack its start has failed, and has stopped what it began.
afterAll(() => (stack as RunningStack | undefined)?.stop());

const execute = promisify(execFile);

/** What a program says. Waits without standing still: the receivers of alerts and traces live in this process. */
async function run(program: Parameters<typeof programPath>[0], ...parameters: string[]): Promise<string> {
  const { stdout } = await execute(programPath(program), parameters, { cwd: join(ROOT, 'deploy/prometheus') });
  return stdout;
}

it('promtool accepts the shipped configuration and rules', async () => {
  expect(await run('promtool', 'check', 'config', 'prometheus.yml')).toContain(
    'is valid prometheus config file syntax',
  );
  const files = shippedIn('deploy/prometheus/rules', '.yml').map((name) => `rules/${name}`);
  expect(await run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...files)).not.toContain('FAILED');
});

it('amtool accepts the configuration of Alertmanager with every receiver, and with none', async () => {
  for (const environment of [{}, everyReceiver]) {
    const configuration = join(stack.directory, 'checked.yml');
    const rendered = await execute('sh', [join(ROOT, 'deploy/alertmanager/render-config.sh')], {
      env: { PATH: process.env['PATH'], TEMPLATES_DIR: join(ROOT, 'deploy/alertmanager/templates'), ...environment },
    });
    await writeFile(configuration, rendered.stdout);
    expect(await run('amtool', 'check-config', configuration)).toMatch(/SUCCESS[\s\S]+ - 3 receivers\n - 1 templates/);
  }
});

it.each(shippedIn('deploy/prometheus/tests', '.yml'))(
  'alerts fire on the figures that must fire them and stay quiet on those that must not: %s',
  async (name) => {
    expect(await run('promtool', 'test', 'rules', `tests/${name}`)).not.toContain('FAILED');
  },
  600_000,
);

it('every target is up', async () => {
  const targets = await poll('all targets to be up', 30_000, async () => {
    const found = await stack.prometheus.targets();
    return found.length >= 5 && found.every((target) => target.health === 'up') && found;
  });
  expect(targets.map((target) => target.labels['job']).toSorted()).toEqual(
    expect.arrayContaining(['alertmanager', 'node', 'postgres', 'prometheus', 'tams-api']),
  );
});

it('every rule can be evaluated', async () => {
  await poll(
    'rules to be evaluated',
    30_000,
    async () => (await stack.prometheus.query('tams:slo_requests:increase5m')).length,
  );
  expect(await stack.prometheus.failedRules()).toEqual([]);
});

describe('every panel shows data', () => {
  // The server of this test stands on a PostgreSQL of the machine: test/telemetry/embedded-postgres-gauges.spec.ts.
  const queries = panelQueries().filter(({ expr }) => !expr.includes('tams_embedded_postgres_'));

  it('the exceptions are few, and exist', () => {
    expect(exceptions.length).toBeLessThanOrEqual(5);
    for (const { dashboard, panel } of exceptions) {
      expect(queries.some((query) => query.dashboard === dashboard && query.panel === panel)).toBe(true);
    }
  });

  // Two waits of a minute and a half, and the last look of each.
  it.each([...new Set(queries.map((query) => query.dashboard))])(
    '%s',
    async (dashboard) => {
      const own = queries.filter((query) => query.dashboard === dashboard);
      expect(await empty(own)).toEqual([]);
      const bare = own
        .filter((query) => !isException(query))
        .map((query) => ({ ...query, expr: query.expr.replaceAll(' or vector(0)', '') }));
      expect(await empty(bare)).toEqual([]);
    },
    300_000,
  );

  /** Those that still show nothing after a minute and a half. */
  async function empty(asked: readonly PanelQuery[]): Promise<readonly PanelQuery[]> {
    let left = asked;
    await poll('data', 90_000, async () => {
      const still: PanelQuery[] = [];
      for (const query of left) if (!(await hasData(query))) still.push(query);
      left = still;
      return left.length === 0 || stack.loadFailure !== undefined;
    }).catch(() => undefined);
    expect(stack.loadFailure).toBeUndefined();
    return left;
  }

  function isException({ dashboard, panel }: PanelQuery): boolean {
    return exceptions.some((exception) => exception.dashboard === dashboard && exception.panel === panel);
  }

  async function hasData({ expr }: PanelQuery): Promise<boolean> {
    const samples = await stack.prometheus.query(withVariables(expr));
    return samples.some((sample) => !Number.isNaN(sample.value));
  }
});

it('the dots on a latency graph are traces that reached the collector', async () => {
  const traces = await poll('exemplars', 30_000, async () => {
    const found = await stack.prometheus.exemplarTraces('tams_http_request_duration_seconds_bucket{job="tams-api"}');
    return found.length > 0 && found;
  });
  expect(traces.filter((trace) => !/^[0-9a-f]{32}$/.test(trace))).toEqual([]);
  // Spans leave in batches, a few seconds later; a trace id is bytes in them.
  const lost = () => traces.filter((trace) => !stack.collector.received(Buffer.from(trace, 'hex')));
  await poll('the traces', 30_000, () => Promise.resolve(lost().length === 0)).catch(() => undefined);
  expect(lost()).toEqual([]);
});

it('errors of the server reach the webhook as a page', async () => {
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

it('a live ingest that stalls reaches the webhook as a ticket', async () => {
  const alert = await stack.receiver.arrival({ alertname: 'TamsIngestStalled' }, 150_000);
  expect(alert).toMatchObject({
    receiver: 'ticket',
    labels: { severity: 'ticket', component: 'ingest' },
    annotations: { summary: '1 live ingest(s) stalled', runbook_url: 'docs/runbooks/ingest-stalled.md' },
  });
});

it('one of two servers that is killed reaches the webhook as a ticket', async () => {
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
    receiver: 'ticket',
    labels: { severity: 'ticket', component: 'api', job: 'tams-api' },
    annotations: { summary: `${target} does not answer its scrapes`, runbook_url: 'docs/runbooks/instance-down.md' },
  });
});

/**
 * Alerts the load is meant to cause; and those that depend on how busy this machine is with other things, as what takes the alerts,
 * which runs in this process, does too.
 */
const caused = /^Tams(HighErrorRate.+|IngestStalled|InstanceDown|MetadataStoreFailing|Watchdog)$/;
const machine = /^Tams(AlertDeliveryFailing|Host.+|Disk.+|Slow.+|EventLoopBlocked|MetadataStoreSlow|StorageSlow)$/;

it('no other alert fires: the load is not a fault', async () => {
  const firing = await stack.prometheus.query('count by (alertname) (ALERTS{alertname=~"Tams.+",alertstate="firing"})');
  const names = firing.map(({ metric }) => metric['alertname'] ?? '');
  expect(names.filter((name) => !caused.test(name) && !machine.test(name))).toEqual([]);
});
