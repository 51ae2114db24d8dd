import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFiles } from '../../deploy/kubernetes/src/chart';
import { ROOT, shipped, shippedIn } from './shipped-files';

const chart = 'deploy/helm/tams';

it('the committed chart is what npm run dashboards makes of the base of kustomize', () => {
  const made = chartFiles();
  for (const [name, text] of made) expect({ name, text: shipped(`${chart}/${name}`) }).toEqual({ name, text });
  const templates = shippedIn(`${chart}/templates`, '.yaml').map((name) => `templates/${name}`);
  expect(templates.filter((name) => !made.has(name))).toEqual([]);
});

it('every object of the base is in the chart, but the namespace, which Helm makes', () => {
  const { resources } = parse(shipped('deploy/kubernetes/base/kustomization.yaml')) as { resources: string[] };
  const names = resources.map((name) => name.replace('generated/', '')).filter((name) => name !== 'namespace.yaml');
  expect(names.filter((name) => !chartFiles().has(`templates/${name}`))).toEqual([]);
});

it('rules and dashboards are those of kustomize, and no copies', () => {
  for (const name of ['prometheusrule.yaml', 'dashboards.yaml'])
    expect(readlinkSync(join(ROOT, chart, 'files', name))).toBe(`../../../kubernetes/base/generated/${name}`);
});
