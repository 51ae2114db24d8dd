import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metricContract } from '../../libs/telemetry/src/metrics/metric-contract';
import type { MetricDeclaration } from '../../libs/telemetry/src/metrics/metric-declaration';
import { alerts, dashboardFiles, metricNames, panelQueries, ROOT, rules, shipped, shippedIn } from './shipped-files';
import { substituted } from './substitutions';

const contract: readonly MetricDeclaration[] = Object.values(metricContract);

/**
 * Metrics of other programs: Node's own at our /metrics, the exporters, Prometheus itself, and what the backup leaves for
 * the node exporter.
 */
const foreign =
  /^(?:up|ALERTS|tams_backup_finished_timestamp_seconds|(?:nodejs|process|node|pg|alertmanager|prometheus)_\w+)$/;
/** Fires always, to show that alerts arrive. */
const HEARTBEAT = 'TamsWatchdog';

function seriesOf({ name, type }: MetricDeclaration): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
}

const known = new Set([
  ...contract.flatMap(seriesOf),
  ...rules().flatMap((rule) => (rule.record === undefined ? [] : [rule.record])),
]);

it.each([
  ...rules().map((rule) => [`rule ${rule.alert ?? rule.record ?? ''}`, rule.expr] as const),
  ...panelQueries().map(({ dashboard, panel, expr }) => [`panel ${dashboard}: ${panel}`, expr] as const),
])('%s reads metrics of the telemetry contract', (_name, expression) => {
  const names = metricNames(expression);
  if (expression !== 'vector(1)') expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !known.has(name) && !foreign.test(name))).toEqual([]);
});

it('label values in rules and panels are those of the contract', () => {
  const all = new Map(contract.flatMap((metric) => seriesOf(metric).map((name) => [name, metric] as const)));
  const wrong: string[] = [];
  for (const { expr } of [...rules(), ...panelQueries()]) {
    for (const [, name = '', matchers = ''] of expr.matchAll(/(tams_\w+)\{([^}]*)\}/g)) {
      const labels = all.get(name)?.labels ?? {};
      for (const [, label = '', operator = '', value = ''] of matchers.matchAll(
        /(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g,
      )) {
        if (['job', 'instance', 'le'].includes(label) || value.startsWith('$')) continue;
        const allowed = labels[label];
        if (!allowed) wrong.push(`${name} has no label ${label}`);
        else if (Array.isArray(allowed) && !operator.includes('~') && !(allowed as string[]).includes(value)) {
          wrong.push(`${name}: ${label} is never ${value}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

describe.each(alerts().map((alert) => [alert.alert, alert] as const))('%s', (name, alert) => {
  it('says how severe it is, what it is about, and with which figure', () => {
    const severities = name === HEARTBEAT ? ['heartbeat'] : ['page', 'ticket'];
    expect(severities).toContain(alert.labels?.['severity']);
    expect(alert.labels?.['component']).toMatch(/^[a-z-]+$/);
    expect(alert.annotations?.['description']).toMatch(/\w{3}/);
    const summary = alert.annotations?.['summary'] ?? '';
    // A process or a target that is down has no figure but its name.
    expect(summary).toMatch(/\$value|(does not answer|answers) its scrapes/);
    // "669m" reads as millions.
    expect(summary).not.toMatch(/\| humanize *\}/);
    expect(alert.for).toMatch(/^\d+[smh]$/);
  });

  it('does not call people for what is over', () => {
    const windows = [...alert.expr.matchAll(/\[(\d+[smhd])\]/g)].map((match) => secondsOf(match[1] ?? ''));
    // A condition over a window holds on for so long after its cause; with a wait as long as the window, people would be
    // called when there is nothing left to see.
    const longest = Math.max(0, ...windows);
    const wait = secondsOf(alert.for ?? '0s');
    expect({ name, longest, wait, late: longest >= wait && wait > longest / 2 }).toEqual({
      name,
      longest,
      wait,
      late: false,
    });
  });

  it('links to a dashboard that exists', () => {
    const uid = /\/d\/([\w-]+)/.exec(alert.annotations?.['dashboard'] ?? '')?.[1];
    expect(dashboardFiles().map((dashboard) => dashboard.uid)).toContain(uid);
  });

  it('has a runbook that names it', () => {
    const runbook = /\/([\w-]+\.md)$/.exec(alert.annotations?.['runbook_url'] ?? '')?.[1] ?? '';
    const path = `docs/runbooks/${runbook}`;
    expect({ path, exists: existsSync(join(ROOT, path)) }).toEqual({ path, exists: true });
    const text = shipped(path);
    expect(text).toContain(`\`${name}\``);
    for (const part of ['## What it means', '## How to confirm', '## What to do']) expect(text).toContain(part);
  });

  it('is tested to fire and to stay quiet', () => {
    const cases = tested().filter((test) => test.alertname === name);
    const expected = name === HEARTBEAT ? [true] : [false, true];
    expect(new Set(cases.map((test) => test.fires))).toEqual(new Set(expected));
  });
});

it('every runbook belongs to an alert, and links to runbooks that exist', () => {
  const used = new Set(alerts().map((alert) => /\/([\w-]+\.md)$/.exec(alert.annotations?.['runbook_url'] ?? '')?.[1]));
  const names = shippedIn('docs/runbooks', '.md').filter((name) => !['README.md', 'setup.md'].includes(name));
  expect(names.filter((name) => !used.has(name))).toEqual([]);
  for (const name of names) {
    for (const [, link = ''] of shipped(`docs/runbooks/${name}`).matchAll(/\]\(([\w-]+\.md)\)/g))
      expect([...names, 'setup.md']).toContain(link);
  }
});

it('panels that runbooks name exist', () => {
  const titles = panelQueries().map(({ panel }) => panel.toLowerCase());
  for (const name of shippedIn('docs/runbooks', '.md')) {
    const text = shipped(`docs/runbooks/${name}`).replaceAll(/^```[\s\S]*?^```$/gm, '');
    for (const [, panel = ''] of text.matchAll(/(?<![*\w])\*([^*\n]+)\*(?![*\w])/g)) {
      const found = titles.some((title) => title.includes(panel.toLowerCase()));
      expect({ name, panel, found }).toEqual({ name, panel, found: true });
    }
  }
});

it('what the stack test replaces in the shipped files is still there', () => {
  for (const path of [
    'prometheus.yml',
    ...shippedIn('deploy/prometheus/rules', '.yml').map((name) => `rules/${name}`),
  ]) {
    expect(() => substituted(path, shipped(`deploy/prometheus/${path}`))).not.toThrow();
  }
});

it('what holds other alerts back goes on for longer than they need to end', () => {
  const inhibitions = /source_matchers: \['alertname="(\w+)"'\]/g;
  const sources = [...shipped('deploy/alertmanager/render-config.sh').matchAll(inhibitions)].map((match) => match[1]);
  // Those whose consequences are conditions over windows of minutes.
  const lasting = alerts().filter(({ alert }) => sources.includes(alert) && /ApiDown|PostgresDown|Failing/.test(alert));
  expect(lasting.length).toBeGreaterThanOrEqual(4);
  expect(lasting.filter((rule) => secondsOf(rule.keep_firing_for ?? '0s') < 300).map(({ alert }) => alert)).toEqual([]);
});

/** A duration of Prometheus in seconds. */
function secondsOf(duration: string): number {
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[duration.at(-1) ?? 's'] ?? 1;
  return Number.parseInt(duration, 10) * unit;
}

interface UnitTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

/** Every expectation of promtool's unit tests. */
function tested(): { readonly alertname: string; readonly fires: boolean }[] {
  return shippedIn('deploy/prometheus/tests', '.yml').flatMap((name) =>
    (parse(shipped(`deploy/prometheus/tests/${name}`)) as { tests: UnitTest[] }).tests.flatMap((test) =>
      test.alert_rule_test.map(({ alertname, exp_alerts: expected }) => ({ alertname, fires: expected.length > 0 })),
    ),
  );
}
