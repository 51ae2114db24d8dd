import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartFiles } from '../../kubernetes/src/chart';
import { generatedManifests } from '../../kubernetes/src/generated';
import { dashboards, rendered } from './dashboards';

/**
 * `npm run dashboards`: writes every dashboard to deploy/grafana/dashboards, and what Kubernetes gets of dashboards and
 * rules to deploy/kubernetes/base/generated, and the Helm chart to deploy/helm/tams.
 */
function write(directory: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const old of readdirSync(directory)) if (!files.has(old)) rmSync(join(directory, old));
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
  console.log(`${directory}: ${[...files.keys()].join(', ')}`);
}

const deploy = join(__dirname, '..', '..');
const json = new Map([...dashboards()].map(([name, dashboard]) => [name, rendered(dashboard)]));
write(join(deploy, 'grafana', 'dashboards'), json);
write(join(deploy, 'kubernetes', 'base', 'generated'), generatedManifests());

// Not emptied first: its files/ are links.
const chart = join(deploy, 'helm', 'tams');
mkdirSync(join(chart, 'templates'), { recursive: true });
for (const [name, text] of chartFiles()) writeFileSync(join(chart, name), text);
console.log(`${chart}: ${[...chartFiles().keys()].join(', ')}`);
