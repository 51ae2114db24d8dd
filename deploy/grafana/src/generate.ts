import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, rendered } from './dashboards';

/** Writes every dashboard to deploy/grafana/dashboards: `npm run dashboards`. */
const directory = join(__dirname, '..', 'dashboards');
const files = dashboards();
for (const old of readdirSync(directory)) if (!files.has(old)) rmSync(join(directory, old));
for (const [name, dashboard] of files) {
  writeFileSync(join(directory, name), rendered(dashboard));
  console.log(`deploy/grafana/dashboards/${name}: ${dashboard.panels?.length ?? 0} rows and panels`);
}
