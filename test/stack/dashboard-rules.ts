import { parse } from 'yaml';
import { dashboardFiles, type DashboardJson, type PanelJson, shipped } from './shipped-files';

/** What a rule finds fault with. */
export interface Complaint {
  readonly rule: string;
  readonly dashboard: string;
  /** Title of the panel; absent where the dashboard itself is meant. */
  readonly panel?: string;
  readonly text: string;
}

/** Excuses in the form of Grafana's linter: by rule, for everything, for a dashboard or for a panel. */
export interface Exclusions {
  readonly exclusions: Readonly<
    Record<
      string,
      { readonly reason: string; readonly entries?: readonly { readonly dashboard: string; readonly panel?: string }[] }
    >
  >;
}

/** Counters end so; these gauges do too, for the dashboards of the system before this one. */
const gaugesNamedTotal =
  /^tams_(?:sources|flows|segments|storage_bytes)_total$|^nodejs_active_(?:handles|requests|resources)_total$/;
const COUNTED = /\b(?:rate|irate|increase|resets|changes)\(/;

/** Each rule of Grafana's dashboard linter (docs/rules of github.com/grafana/dashboard-linter) that is about dashboards. */
const dashboardRules: Readonly<Record<string, (dashboard: DashboardJson) => string | undefined>> = {
  'template-datasource-rule': ({ templating: { list = [] } }) => {
    const sources = list.filter(({ type }) => type === 'datasource');
    const named = sources.every(({ name, label, query }) =>
      query === 'prometheus'
        ? name === 'datasource' && label === 'Data source'
        : name === `${String(query)}_datasource`,
    );
    return sources.length > 0 && named ? undefined : 'has no variable for its data source, or misnames it';
  },
  'template-job-rule': (dashboard) => variableFault(dashboard, 'job'),
  'template-instance-rule': (dashboard) => variableFault(dashboard, 'instance'),
  'template-label-promql-rule': ({ templating: { list = [] } }) =>
    list.filter(({ type }) => type === 'query').every(({ query }) => /^label_values\(.+\)$/.test(textOf(query)))
      ? undefined
      : 'has a variable that is no list of label values',
  'template-on-time-change-reload-rule': ({ templating: { list = [] } }) =>
    list.filter(({ type }) => type === 'query').every(({ refresh }) => refresh === 2)
      ? undefined
      : 'has a variable that does not follow the range of time',
  'uneditable-dashboard': ({ editable }) => (editable === false ? undefined : 'can be edited, and edits are lost'),
};

/** And those about panels. */
const panelRules: Readonly<Record<string, (panel: PanelJson) => string | undefined>> = {
  'panel-datasource-rule': ({ datasource }) =>
    /^\$\{(?:datasource|\w+_datasource)\}$/.test(datasource?.uid ?? '') ? undefined : 'has a data source of its own',
  'panel-title-description-rule': ({ title, description }) =>
    title && description ? undefined : 'has no title or no description',
  'panel-units-rule': ({ type, fieldConfig }) =>
    type === 'logs' || fieldConfig?.defaults.unit ? undefined : 'has no unit',
  'panel-no-targets-rule': ({ targets = [] }) => (targets.length > 0 ? undefined : 'asks nothing'),
  'target-rate-interval-rule': (panel) =>
    complain(panel, (expr) => (/\[(?!\$__rate_interval\])[^\]]+\]/.test(expr) ? 'has a window of its own' : undefined)),
  'target-job-rule': (panel) =>
    complain(panel, (expr) =>
      selectors(expr).every((text) => text.includes('job=~"$job"')) ? undefined : 'is for every job',
    ),
  'target-instance-rule': (panel) =>
    complain(panel, (expr) =>
      selectors(expr).every((text) => text.includes('instance=~"$instance"')) ? undefined : 'is for every instance',
    ),
  'target-counter-agg-rule': (panel) =>
    complain(panel, (expr) => {
      const counters = [...expr.matchAll(/\b(\w+_total)\b/g)].filter(([, name = '']) => !gaugesNamedTotal.test(name));
      return counters.length > 0 && !COUNTED.test(expr) ? 'shows a counter that only ever grows' : undefined;
    }),
};

/** What the rules find in the shipped dashboards, excused or not. */
export function complaints(): Complaint[] {
  return dashboardFiles().flatMap((dashboard) => {
    const { title } = dashboard;
    const own = Object.entries(dashboardRules).map(([rule, check]) => ({
      rule,
      dashboard: title,
      text: check(dashboard),
    }));
    const ofPanels = dashboard.panels
      .filter(({ type }) => type !== 'row')
      .flatMap((panel) =>
        Object.entries(panelRules).map(([rule, check]) => ({
          rule,
          dashboard: title,
          panel: panel.title ?? '',
          text: check(panel),
        })),
      );
    return [...own, ...ofPanels].filter((found): found is Complaint => found.text !== undefined);
  });
}

/** The excuses that are shipped. */
export function excuses(): Exclusions['exclusions'] {
  return (parse(shipped('deploy/grafana/.lint')) as Exclusions).exclusions;
}

/** Names of all rules that are checked. */
export const ruleNames: readonly string[] = [...Object.keys(dashboardRules), ...Object.keys(panelRules)];

function variableFault({ templating: { list = [] } }: DashboardJson, name: string): string | undefined {
  const variable = list.find((candidate) => candidate.name === name);
  if (!variable) return `has no variable ${name}`;
  const { type, label = '', multi, allValue, datasource } = variable;
  const right =
    type === 'query' &&
    label.toLowerCase() === name &&
    multi === true &&
    allValue === '.+' &&
    datasource?.uid === '${datasource}';
  return right ? undefined : `has a variable ${name} that does not choose several, all, or from the data source`;
}

/** Prometheus alone: what is asked elsewhere has another language. */
function complain(panel: PanelJson, check: (expr: string) => string | undefined): string | undefined {
  if (panel.type === 'logs') return undefined;
  return (panel.targets ?? []).map(({ expr }) => check(expr)).find((text) => text !== undefined);
}

/** The matchers of each metric in an expression; a metric without any has none. */
function selectors(expr: string): string[] {
  const names = /(?<![\w:$"])(?:[a-zA-Z_:][\w:]*[_:][\w:]*|up|ALERTS)(?![\w:(])(\{[^}]*\})?/g;
  // Labels stand where metrics do not: in groupings, which have no braces behind them.
  const bare = expr.replaceAll(/\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)/g, '');
  return [...bare.replaceAll(/\[[^\]]*\]/g, '').matchAll(names)].map(([, matchers = '']) => matchers);
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { query: text } = (query ?? {}) as { readonly query?: unknown };
  return typeof text === 'string' ? text : '';
}
