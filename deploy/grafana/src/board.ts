import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import { LOKI, type Panel, PROMETHEUS } from './panels';

/** A dashboard as its file describes it. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

/** A variable whose values Prometheus knows. */
interface Variable {
  readonly label: string;
  readonly query: string;
  /** What stands for all of them: `.*` also matches series without the label. */
  readonly all: '.+' | '.*';
}

const variables: Readonly<Record<string, Variable>> = {
  job: { label: 'Job', query: 'label_values(tams_build_info, job)', all: '.+' },
  // A label that only installations with several clusters have.
  cluster: { label: 'Cluster', query: 'label_values(tams_build_info{job=~"$job"}, cluster)', all: '.*' },
  instance: {
    label: 'Instance',
    query: 'label_values(tams_build_info{job=~"$job",cluster=~"$cluster"}, instance)',
    all: '.+',
  },
  endpoint: {
    label: 'Endpoint',
    query: 'label_values(tams_http_requests_total{job=~"$job",cluster=~"$cluster"}, endpoint)',
    all: '.*',
  },
  format: {
    label: 'Format',
    query: 'label_values(tams_flow_operations_total{job=~"$job",cluster=~"$cluster"}, format)',
    all: '.*',
  },
};

/** A dashboard as Grafana imports it: the classic form, which every Grafana since 9 reads (its successor is for 12 on). */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
export type GrafanaDashboard = dashboard.Dashboard;

/** Makes the dashboard: rows of panels, the variables its queries use, firing alerts as annotations, links to the others. */
export function build(board: Board): GrafanaDashboard {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see GrafanaDashboard
  const builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['tams', 'generated'])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new dashboard.DashboardLinkBuilder('TAMS')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['tams'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .annotation(firingAlerts());
  builder.withVariable(
    new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').regex(''),
  );
  if (usesLog(board)) {
    builder.withVariable(
      new dashboard.DatasourceVariableBuilder('loki_datasource').label('Log (Loki)').type('loki').regex(''),
    );
  }
  for (const name of variablesOf(board)) builder.withVariable(variable(name));
  for (const row of board.rows) {
    builder.withRow(new dashboard.RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return corrected(builder.build());
}

/** Numbers the panels, so that links to one stay valid, and leaves out what the SDK writes of other kinds of variables. */
function corrected(made: GrafanaDashboard): GrafanaDashboard {
  const panels = made.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  const list = made.templating.list?.map(
    (model) => Object.fromEntries(Object.entries(model).filter(([field]) => !/^auto/.test(field))) as typeof model,
  );
  return { ...made, ...(panels && { panels }), templating: { ...(list && { list }) } };
}

function usesLog(board: Board): boolean {
  return board.rows.some(({ panels }) => panels.some((panel) => panel.build().datasource?.type === LOKI.type));
}

/** Only the variables some query reads: one that changes nothing would mislead. */
function variablesOf(board: Board): string[] {
  const text = JSON.stringify(board.rows.flatMap((row) => row.panels.map((panel) => panel.build().targets)));
  return Object.keys(variables).filter((name) => text.includes(`$${name}`));
}

function variable(name: string): cog.Builder<dashboard.VariableModel> {
  const settings = variables[name];
  if (!settings) throw new Error(`There is no variable ${name}.`);
  return (
    new dashboard.QueryVariableBuilder(name)
      .label(settings.label)
      .datasource(PROMETHEUS)
      .query({ query: settings.query, refId: name })
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .sort(dashboard.VariableSort.NaturalAsc)
      .multi(true)
      .includeAll(true)
      // Not the list of the values: it is long, and a value without a sample yet would be missing from it.
      .allValue(settings.all)
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  );
}

function firingAlerts(): cog.Builder<dashboard.AnnotationQuery> {
  return new dashboard.AnnotationQueryBuilder()
    .name('Firing alerts')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('red')
    .target(
      new prometheus.DataqueryBuilder().refId('alerts').expr('ALERTS{alertname=~"Tams.+",alertstate="firing"}').range(),
    )
    .titleFormat('{{alertname}}')
    .tagKeys('severity,component')
    .textFormat('{{instance}}');
}
