import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type {
  FieldConfig as HeatmapFieldConfig,
  Options as HeatmapOptions,
} from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as LogsOptions } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TimeSeriesFieldConfig,
  Options as TimeSeriesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type {
  AnnotationQuery,
  Dashboard,
  FieldConfig,
  FieldConfigSource,
  Panel,
  RowPanel,
} from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';

/**
 * Shape of a dashboard file: Grafana's own types, with the options of each kind of panel we use in place of "anything".
 * The JSON schema the dashboards are held against is made from `DashboardFile`. Options may be left out, because Grafana
 * puts its defaults there.
 */
export interface DashboardFile extends Omit<Dashboard, 'panels' | 'annotations'> {
  panels: (
    | RowPanel
    | PanelOf<'timeseries', TimeSeriesOptions, TimeSeriesFieldConfig>
    | PanelOf<'stat', StatOptions, never>
    | PanelOf<'bargauge', BarGaugeOptions, never>
    | PanelOf<'heatmap', HeatmapOptions, HeatmapFieldConfig>
    | LogsPanel
  )[];
  annotations: { list: (Omit<AnnotationQuery, 'target'> & AnnotationOfPrometheus)[] };
}

interface PanelOf<Type extends string, Options, Custom> extends Omit<
  Panel,
  'type' | 'options' | 'fieldConfig' | 'targets'
> {
  type: Type;
  options: Partial<Options>;
  fieldConfig: Omit<FieldConfigSource, 'defaults'> & {
    defaults: Omit<FieldConfig, 'custom'> & { custom?: Partial<Custom> };
  };
  targets: PrometheusQuery[];
}

/** Lines of a log, which have no figures: no units, limits or colours. */
interface LogsPanel extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: 'logs';
  options: Partial<LogsOptions>;
  targets: { refId: string; datasource: { type: 'loki'; uid: '${loki_datasource}' }; expr: string }[];
}

/** A query of a panel; @grafana/schema has none of the Prometheus data source's types. */
interface PrometheusQuery {
  refId: string;
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  expr: string;
  legendFormat: string;
  exemplar: boolean;
  range: boolean;
  instant: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
}

/** How the Prometheus data source writes the events it finds. */
interface AnnotationOfPrometheus {
  target: { refId: string; expr: string; range: boolean; instant: boolean };
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
}
