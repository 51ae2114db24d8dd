import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as logs from '@grafana/grafana-foundation-sdk/logs';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** A panel ready to be put on a dashboard. */
export type Panel = cog.Builder<dashboard.Panel>;

/** The data source all metrics come from: the one chosen at the top of the dashboard. */
export const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' } as const;

/** Where the log is, for those who keep it in a Loki; chosen at the top too. */
export const LOKI = { type: 'loki', uid: '${loki_datasource}' } as const;

/** One line (or family of lines) of a panel. */
export interface Query {
  readonly expr: string;
  /** Legend; `{{label}}` is replaced. */
  readonly legend: string;
  /** Shows the traces behind the points: for histograms that carry them. */
  readonly traces?: boolean;
  /** As it is now, and not over time: for what is counted over the range of the dashboard. */
  readonly instant?: boolean;
}

/** From where on a figure is worth a look, and from where on it is bad. `below` turns the comparison round. */
export type Limits =
  | { readonly warn: number; readonly bad: number }
  | { readonly warnBelow: number; readonly badBelow: number }
  /** Where there is nothing between good and bad: somebody is paged from here on. */
  | { readonly bad: number }
  /** A figure that is neither good nor bad. */
  | 'neutral';

/** What every panel has. */
export interface PanelSettings {
  readonly title: string;
  /** What is shown, why one would look, and what a limit means. */
  readonly description: string;
  /** Unit as Grafana names it. */
  readonly unit: string;
  readonly limits: Limits;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width?: number;
  readonly stacked?: boolean;
  /** Colours by a pattern of the legend, as `/^5/`. */
  readonly colors?: Readonly<Record<string, string>>;
  readonly decimals?: number;
}

function target(
  { expr, legend, traces = false, ...asked }: Query,
  index: number,
  instant: boolean,
): prometheus.DataqueryBuilder {
  const query = new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(traces);
  return (asked.instant ?? instant) ? query.instant() : query.range();
}

function thresholds(limits: Limits): dashboard.ThresholdsConfigBuilder {
  const steps: dashboard.Threshold[] =
    limits === 'neutral'
      ? [{ value: null, color: 'blue' }]
      : 'warn' in limits
        ? [
            { value: null, color: 'green' },
            { value: limits.warn, color: 'orange' },
            { value: limits.bad, color: 'red' },
          ]
        : 'bad' in limits
          ? [
              { value: null, color: 'green' },
              { value: limits.bad, color: 'red' },
            ]
          : [
              { value: null, color: 'red' },
              { value: limits.badBelow, color: 'orange' },
              { value: limits.warnBelow, color: 'green' },
            ];
  return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps);
}

/** Figures over time. */
export function lines(settings: PanelSettings): Panel {
  const panel = new timeseries.PanelBuilder()
    .title(settings.title)
    .description(settings.description)
    .datasource(PROMETHEUS)
    .unit(settings.unit)
    .thresholds(thresholds(settings.limits))
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(
        settings.limits === 'neutral' ? common.GraphThresholdsStyleMode.Off : common.GraphThresholdsStyleMode.Dashed,
      ),
    )
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.PaletteClassicByName))
    .height(8)
    .span(settings.width ?? 12)
    .lineWidth(1)
    .fillOpacity(settings.stacked ? 25 : 8)
    .showPoints(common.VisibilityMode.Never)
    .axisSoftMin(0)
    .stacking(
      new common.StackingConfigBuilder().mode(settings.stacked ? common.StackingMode.Normal : common.StackingMode.None),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['mean', 'max', 'lastNotNull'])
        .sortBy('Max')
        .sortDesc(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  settings.queries.forEach((query, index) => panel.withTarget(target(query, index, false)));
  for (const [name, color] of Object.entries(settings.colors ?? {})) {
    panel.overrideByRegexp(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
  }
  return settings.decimals === undefined ? panel : panel.decimals(settings.decimals);
}

const lastValue = (): common.ReduceDataOptionsBuilder => new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']);

/** One figure, large, coloured by its limits. */
export function figure(settings: PanelSettings): Panel {
  const panel = new stat.PanelBuilder()
    .title(settings.title)
    .description(settings.description)
    .datasource(PROMETHEUS)
    .unit(settings.unit)
    .thresholds(thresholds(settings.limits))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .height(4)
    .span(settings.width ?? 4)
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(lastValue());
  settings.queries.forEach((query, index) => panel.withTarget(target(query, index, false)));
  return settings.decimals === undefined ? panel : panel.decimals(settings.decimals);
}

/** A ranking: one bar for each series, as it is now. */
export function bars(settings: PanelSettings): Panel {
  const panel = new bargauge.PanelBuilder()
    .title(settings.title)
    .description(settings.description)
    .datasource(PROMETHEUS)
    .unit(settings.unit)
    .min(0)
    .thresholds(thresholds(settings.limits))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .height(8)
    .span(settings.width ?? 12)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(lastValue());
  settings.queries.forEach((query, index) => panel.withTarget(target(query, index, true)));
  return panel;
}

/** How a histogram is distributed over time. The query must give rates by `le`. */
export function distribution(settings: PanelSettings): Panel {
  const panel = new heatmap.PanelBuilder()
    .title(settings.title)
    .description(settings.description)
    .datasource(PROMETHEUS)
    .unit(settings.unit)
    .thresholds(thresholds(settings.limits))
    .height(8)
    .span(settings.width ?? 12)
    .calculate(false)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(settings.unit));
  settings.queries.forEach((query, index) =>
    panel.withTarget(target(query, index, false).format(prometheus.PromQueryFormat.Heatmap)),
  );
  return panel;
}

/** Lines of the log, for those who keep it in a Loki. @param query in its language */
export function logLines({
  title,
  description,
  query,
}: Readonly<Record<'title' | 'description' | 'query', string>>): Panel {
  return new logs.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(LOKI)
    .height(10)
    .span(24)
    .showTime(true)
    .wrapLogMessage(true)
    .prettifyLogMessage(false)
    .enableLogDetails(true)
    .sortOrder(common.LogsSortOrder.Descending)
    .dedupStrategy(common.LogsDedupStrategy.None)
    .withTarget(new loki.DataqueryBuilder().refId('A').datasource(LOKI).expr(query));
}
