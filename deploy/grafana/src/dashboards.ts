import { type Board, build, type GrafanaDashboard } from './board';
import { errorAnalysis } from './dashboards/error-analysis';
import { flowAnalytics } from './dashboards/flow-analytics';
import { jobsAndWebhooks } from './dashboards/jobs-and-webhooks';
import { overview } from './dashboards/overview';
import { performance } from './dashboards/performance';
import { slo } from './dashboards/slo';
import { storageAnalytics } from './dashboards/storage-analytics';

const boards: readonly Board[] = [
  overview,
  flowAnalytics,
  storageAnalytics,
  errorAnalysis,
  performance,
  jobsAndWebhooks,
  slo,
];

/** Every dashboard by the name of its file. */
export function dashboards(): ReadonlyMap<string, GrafanaDashboard> {
  return new Map(boards.map((board) => [`${board.uid}.json`, build(board)]));
}

/** A dashboard as its file holds it. */
export function rendered(dashboard: GrafanaDashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
