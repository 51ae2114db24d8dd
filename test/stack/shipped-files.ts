import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Root of the repository. */
export const ROOT = join(__dirname, '..', '..');

/** Reads a file of the repository. */
export function shipped(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Names of the files in a directory of the repository that end so. */
export function shippedIn(directory: string, ending: string): string[] {
  return readdirSync(join(ROOT, directory)).filter((name) => name.endsWith(ending));
}

/** A rule of Prometheus: an alert, or a recorded figure. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Groups of rules, as a rule file holds them. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** Every rule that is shipped. */
export function rules(): Rule[] {
  const directory = 'deploy/prometheus/rules';
  return shippedIn(directory, '.yml').flatMap((name) =>
    (parse(shipped(`${directory}/${name}`)) as RuleFile).groups.flatMap((group) => group.rules),
  );
}

/** Every alert that is shipped. */
export function alerts(): (Rule & { readonly alert: string })[] {
  return rules().filter((rule): rule is Rule & { readonly alert: string } => rule.alert !== undefined);
}

/** One query of one panel. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
}

/** A panel as a dashboard's file holds it. */
export interface PanelJson {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  /** Absent for rows. */
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat?: string;
    readonly refId: string;
    readonly instant?: boolean;
  }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: { readonly steps: readonly unknown[] } };
  };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** A dashboard as its file holds it. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly editable?: boolean;
  readonly templating: { readonly list?: readonly VariableJson[] };
}

/** A variable of a dashboard as its file holds it. */
export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: unknown;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly allValue?: string;
  readonly datasource?: { readonly uid: string };
}

/** Every dashboard that is shipped. */
export function dashboardFiles(): DashboardJson[] {
  const directory = 'deploy/grafana/dashboards';
  return shippedIn(directory, '.json').map((name) => JSON.parse(shipped(`${directory}/${name}`)) as DashboardJson);
}

/** Every query to Prometheus of every panel of every dashboard. */
export function panelQueries(): PanelQuery[] {
  return dashboardFiles().flatMap(({ uid, panels }) =>
    panels
      .filter(({ type }) => type !== 'logs')
      .flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => ({ dashboard: uid, panel: title, expr }))),
  );
}

/** A service of docker-compose.yml. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly [property: string]: unknown;
}

/** docker-compose.yml, aliases and merges resolved. */
export function composeFile(): {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly [property: string]: unknown;
} {
  return parse(shipped('docker-compose.yml'), { merge: true }) as ReturnType<typeof composeFile>;
}

/** Names of the metrics a query reads. Labels, functions, keywords and durations are left out. */
export function metricNames(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  return [
    ...new Set([...bare.matchAll(/(?<![\w:$.])([a-zA-Z_][\w:]*)(?!\s*\(|[\w:])/g)].map((match) => match[1] ?? '')),
  ].filter((name) => !['and', 'or', 'unless', 'bool', 'offset'].includes(name));
}
