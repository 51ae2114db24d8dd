import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Manifest, mistakesOf } from './kubernetes-types';
import { goProgram } from './prometheus-process';
import { ROOT, shipped } from './shipped-files';

const program = goProgram('helm', 'test/stack/helm.stack.ts');
const withHelm = program === undefined ? test.skip : test;
const chart = join(ROOT, 'deploy/helm/tams');

function helm(...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync(program ?? '', parameters, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr + stdout);
  return stdout;
}

function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Without labels: kustomize adds them as well, at more places. */
function unlabelled(manifest: Manifest | undefined): unknown {
  return JSON.parse(JSON.stringify(manifest, (key, value: unknown) => (key === 'labels' ? undefined : value)));
}

withHelm('helm lint finds nothing to complain of', () => {
  expect(helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
});

withHelm('without values the chart is the base of kustomize, and valid to Kubernetes', () => {
  const made = manifestsIn(helm('template', 'tams', chart, '--set', 'image.tag=local'));
  expect(mistakesOf(made)).toEqual([]);
  for (const file of [
    'configmap',
    'deployment',
    'service',
    'horizontalpodautoscaler',
    'networkpolicy',
    'migration-job',
  ]) {
    const [base] = manifestsIn(shipped(`deploy/kubernetes/base/${file}.yaml`));
    expect(unlabelled(made.find(({ kind }) => kind === base?.kind))).toEqual(unlabelled(base));
  }
  expect(made.filter(({ kind }) => kind === 'PrometheusRule')).toHaveLength(1);
});

withHelm('values change what they say', () => {
  const made = manifestsIn(
    helm(
      ...['template', 'tams', chart, '--set', 'image.repository=registry.example/tams,image.tag=1.2.3'],
      ...['--set', 'replicas.maximum=9,secretName=other,monitoring.enabled=false,networkPolicy.enabled=false'],
      ...['--set', 'settings.LOG_LEVEL=debug,resources.limits.memory=4Gi'],
    ),
  );
  const text = JSON.stringify(made);
  expect(text).toContain('"image":"registry.example/tams:1.2.3"');
  expect(text).toContain('"maxReplicas":9');
  expect(text).toContain('"secretRef":{"name":"other"}');
  expect(text).toContain('"LOG_LEVEL":"debug"');
  expect(text).toContain('"limits":{"memory":"4Gi"}');
  for (const kind of ['ServiceMonitor', 'PrometheusRule', 'NetworkPolicy'])
    expect(made.filter((manifest) => manifest.kind === kind)).toEqual([]);
});

withHelm('with values-ha.yaml it is what the overlay ha makes of the base', () => {
  const made = manifestsIn(helm('template', 'tams', chart, '--values', join(chart, 'values-ha.yaml')));
  expect(mistakesOf(made)).toEqual([]);
  for (const file of ['deployment', 'migration-job', 'horizontalpodautoscaler']) {
    const [patch] = manifestsIn(shipped(`deploy/kubernetes/overlays/ha/${file}.patch.yaml`));
    expect(made.find(({ kind }) => kind === patch?.kind)).toMatchObject({ spec: patch?.['spec'] as object });
  }
});
