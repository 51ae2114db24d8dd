import { dashboards, rendered } from '../../deploy/grafana/src/dashboards';
import { type Complaint, complaints, excuses, ruleNames } from './dashboard-rules';
import { dashboardFiles, panelQueries, shipped, shippedIn } from './shipped-files';
import { withVariables } from './prometheus-client';

const files = dashboardFiles();
const panels = files.flatMap((dashboard) =>
  dashboard.panels
    .filter((panel) => panel.type !== 'row')
    .map((panel) => [`${dashboard.uid}: ${panel.title ?? '(no title)'}`, panel] as const),
);

it('the committed files are what npm run dashboards makes', () => {
  const made = dashboards();
  expect(shippedIn('deploy/grafana/dashboards', '.json').toSorted()).toEqual([...made.keys()].toSorted());
  for (const [name, dashboard] of made) {
    expect({ name, text: shipped(`deploy/grafana/dashboards/${name}`) }).toEqual({ name, text: rendered(dashboard) });
  }
});

it('the dashboards of the product are there', () => {
  expect(files.map((dashboard) => dashboard.title).toSorted()).toEqual([
    'TAMS Error Analysis',
    'TAMS Flow Analytics',
    'TAMS Jobs and Webhooks',
    'TAMS Overview',
    'TAMS Performance Monitoring',
    'TAMS SLO',
    'TAMS Storage Analytics',
  ]);
});

it.each(panels)('%s has a description, a unit, thresholds and legends', (_name, panel) => {
  expect(panel.description?.length).toBeGreaterThan(15);
  expect(panel.targets?.length).toBeGreaterThan(0);
  if (panel.type === 'logs') return;
  expect(panel.fieldConfig?.defaults.unit).toMatch(/./);
  expect(panel.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
  for (const target of panel.targets ?? []) expect(target.legendFormat).toMatch(/./);
  expect(new Set(panel.targets?.map((target) => target.refId)).size).toBe(panel.targets?.length);
});

it.each(files.map((dashboard) => [dashboard.uid, dashboard] as const))(
  'the panels of %s do not overlap',
  (_uid, dashboard) => {
    const places = dashboard.panels.map((panel) => panel.gridPos);
    for (const [index, a] of places.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      for (const b of places.slice(index + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect({ a, b, apart }).toEqual({ a, b, apart: true });
      }
    }
  },
);

it.each(files.map((dashboard) => [dashboard.uid, dashboard] as const))(
  '%s has the variables its queries use, and no other',
  (uid, dashboard) => {
    const text = panelQueries()
      .filter((query) => query.dashboard === uid)
      .map((query) => query.expr)
      .join('\n');
    const used = ['job', 'cluster', 'instance', 'endpoint', 'format'].filter((name) => text.includes(`$${name}`));
    const log = dashboard.panels.some(({ type }) => type === 'logs') ? ['loki_datasource'] : [];
    expect((dashboard.templating.list ?? []).map((variable) => variable.name)).toEqual(['datasource', ...log, ...used]);
  },
);

it('what counts over the range of the dashboard is no line over time', () => {
  const wrong = files.flatMap(({ uid, panels: all }) =>
    all
      .filter(({ targets = [] }) => targets.some(({ expr, instant }) => expr.includes('$__range') && instant !== true))
      .map(({ title }) => `${uid}: ${title ?? ''}`),
  );
  expect(wrong).toEqual([]);
});

it.each(ruleNames)('%s of the rules of Grafana’s linter holds, or is excused', (rule) => {
  const found = complaints().filter((complaint) => complaint.rule === rule);
  const excuse = excuses()[rule];
  const covers = ({ dashboard, panel }: Complaint) =>
    excuse !== undefined &&
    (excuse.entries === undefined ||
      excuse.entries.some(
        (entry) => entry.dashboard === dashboard && (entry.panel === undefined || entry.panel === panel),
      ));
  expect(found.filter((complaint) => !covers(complaint))).toEqual([]);
  // An excuse that is no longer needed would hide the next mistake.
  const idle = (excuse?.entries ?? []).filter(
    (entry) =>
      !found.some(
        ({ dashboard, panel }) => entry.dashboard === dashboard && (entry.panel === undefined || entry.panel === panel),
      ),
  );
  expect({ rule, idle, unused: excuse !== undefined && found.length === 0 }).toEqual({ rule, idle: [], unused: false });
});

it('every excuse has a reason and is one of a rule', () => {
  for (const [rule, { reason }] of Object.entries(excuses())) {
    expect(ruleNames).toContain(rule);
    expect(reason).toMatch(/\w+ \w+/);
  }
});

it('every query can be asked without Grafana', () => {
  for (const { expr } of panelQueries()) expect(withVariables(expr)).not.toContain('$');
});
