import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { generatedManifests } from '../../deploy/kubernetes/src/generated';
import { Configuration } from '@tams/platform';
import { type Manifest, mistakesOf } from './kubernetes-types';
import { ROOT, type RuleFile, rules, shipped } from './shipped-files';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const renders = hasKubectl ? test : test.skip;
if (!hasKubectl)
  console.warn('kubectl is not installed: the kustomizations are not rendered, only their files checked.');

function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

const rendered = new Map<string, Manifest[]>();

function render(kustomization: string): Manifest[] {
  const known = rendered.get(kustomization);
  if (known) return known;
  const { stdout, stderr, status } = spawnSync(
    'kubectl',
    ['kustomize', join(ROOT, 'deploy/kubernetes', kustomization)],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status !== 0) throw new Error(stderr);
  const manifests = manifestsIn(stdout);
  rendered.set(kustomization, manifests);
  return manifests;
}

interface PodSpec {
  readonly securityContext: unknown;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly image: string;
    readonly command?: readonly string[];
    readonly securityContext: unknown;
    readonly startupProbe: unknown;
    readonly livenessProbe: unknown;
    readonly readinessProbe: unknown;
    readonly resources: { readonly requests: unknown; readonly limits: unknown };
  }[];
}

function podOf(manifests: readonly Manifest[], kind: string): PodSpec {
  const found = manifests.find((manifest) => manifest.kind === kind);
  return (found?.['spec'] as { template: { spec: PodSpec } }).template.spec;
}

const baseFiles = readdirSync(join(ROOT, 'deploy/kubernetes/base')).filter(
  (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
);

it('every file of the base is a valid manifest of Kubernetes, unknown fields refused', () => {
  const manifests = baseFiles.flatMap((name) => manifestsIn(shipped(`deploy/kubernetes/base/${name}`)));
  expect(manifests.length).toBeGreaterThanOrEqual(11);
  expect(mistakesOf(manifests)).toEqual([]);
});

it('the PostgreSQL of the overlay ha is what its operator takes, and its parts find one another', () => {
  const manifests = ['postgres', 'postgres-backup', 'postgres-pooler'].flatMap((name) =>
    manifestsIn(shipped(`deploy/kubernetes/overlays/ha/${name}.yaml`)),
  );
  expect(manifests.map(({ kind }) => kind)).toEqual(['Cluster', 'ObjectStore', 'ScheduledBackup', 'Pooler']);
  expect(mistakesOf(manifests)).toEqual([]);
  const [cluster, store, backup, pooler] = manifests;
  expect(cluster).toMatchObject({ spec: { plugins: [{ parameters: { barmanObjectName: store?.metadata.name } }] } });
  for (const other of [backup, pooler])
    expect(other).toMatchObject({ spec: { cluster: { name: cluster?.metadata.name } } });
  const patches = ['deployment', 'migration-job'].map((name) =>
    shipped(`deploy/kubernetes/overlays/ha/${name}.patch.yaml`),
  );
  expect(patches.join()).toContain(`@${pooler?.metadata.name}:5432/tams`);
  // The operator names the service of the standbys so.
  expect(patches.join()).toContain(`@${cluster?.metadata.name}-ro:5432/tams`);
  // The operator names the owner's Secret after the cluster.
  for (const patch of patches) expect(patch).toContain(`{ name: ${cluster?.metadata.name}-app, key:`);
});

it('the most servers of the overlay ha have room in its PostgreSQL', () => {
  const [autoscaler, cluster, pooler] = ['horizontalpodautoscaler.patch', 'postgres', 'postgres-pooler'].map(
    (name) => manifestsIn(shipped(`deploy/kubernetes/overlays/ha/${name}.yaml`))[0],
  );
  const { maxReplicas, metrics } = autoscaler?.['spec'] as { maxReplicas: number; metrics: { pods?: unknown }[] };
  const defaults = new Configuration({});
  // One of the queue's listens, and one is kept for insight (docs/configuration.md).
  const connections = maxReplicas * (defaults.databasePoolSize + defaults.jobPoolSize + 2);
  const { parameters } = (pooler?.['spec'] as { pgbouncer: { parameters: Record<string, string> } }).pgbouncer;
  const { postgresql } = cluster?.['spec'] as { postgresql: { parameters: Record<string, string> } };
  expect(Number(parameters['default_pool_size'])).toBeGreaterThanOrEqual(connections);
  expect(Number(parameters['max_client_conn'])).toBeGreaterThanOrEqual(connections);
  expect(Number(postgresql.parameters['max_connections'])).toBeGreaterThan(connections);
  expect(metrics).toContainEqual({
    type: 'Pods',
    pods: { metric: { name: 'tams_http_requests_in_flight' }, target: { type: 'AverageValue', averageValue: '20' } },
  });
  const rule = parse(shipped('deploy/kubernetes/overlays/ha/prometheus-adapter.values.yaml')) as {
    rules: { custom: { name: { as: string } }[] };
  };
  expect(rule.rules.custom.map(({ name }) => name.as)).toEqual(['tams_http_requests_in_flight']);
});

it('a field that Kubernetes does not know is found', () => {
  const [deployment] = manifestsIn(
    shipped('deploy/kubernetes/base/deployment.yaml').replace('periodSeconds: 2', 'periodSecond: 2'),
  );
  const [monitor] = manifestsIn(
    shipped('deploy/kubernetes/base/servicemonitor.yaml').replace('interval:', 'intervall:'),
  );
  if (!deployment || !monitor) throw new Error('The files are gone.');
  expect(mistakesOf([deployment]).join()).toContain('periodSecond');
  expect(mistakesOf([monitor]).join()).toContain('intervall');
});

renders.each(['base', 'overlays/production', 'overlays/ha'])('%s renders to valid manifests', (kustomization) => {
  const manifests = render(kustomization);
  expect(mistakesOf(manifests)).toEqual([]);
  expect(manifests.map((manifest) => manifest.kind)).toEqual(
    expect.arrayContaining([
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceMonitor',
    ]),
  );
});

renders.each(['base', 'overlays/production', 'overlays/ha'])(
  'selectors of %s find the pods they are for',
  (kustomization) => {
    const manifests = render(kustomization);
    const labelsOf = (kind: string) =>
      (manifests.find((manifest) => manifest.kind === kind)?.['spec'] as { template: { metadata: { labels: object } } })
        .template.metadata.labels;
    const server = labelsOf('Deployment');
    for (const kind of ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'Deployment']) {
      const spec = manifests.find((manifest) => manifest.kind === kind)?.['spec'] as Record<
        string,
        Record<string, object>
      >;
      const selector = spec['podSelector']?.['matchLabels'] ?? spec['selector']?.['matchLabels'] ?? spec['selector'];
      expect({ kind, labels: server }).toMatchObject({ kind, labels: selector as object });
    }
    // The migration talks to the database, so the policy is for it too; it serves nobody.
    expect(labelsOf('Job')).toMatchObject({ 'app.kubernetes.io/name': 'tams-api' });
    expect(labelsOf('Job')).not.toMatchObject({ 'app.kubernetes.io/component': 'server' });
  },
);

renders('in production the server runs with as few rights as it needs, and stops in order', () => {
  const manifests = render('overlays/production');
  for (const kind of ['Deployment', 'Job']) {
    const pod = podOf(manifests, kind);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]).toMatchObject({
      image: 'registry.example.com/tams-server:0.1.0',
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
    expect(pod.containers[0]?.resources).toMatchObject({
      requests: expect.anything() as object,
      limits: expect.anything() as object,
    });
  }
  const server = podOf(manifests, 'Deployment');
  expect(server.containers[0]).toMatchObject({
    startupProbe: { httpGet: { path: '/livez' } },
    livenessProbe: { httpGet: { path: '/livez' } },
    readinessProbe: { httpGet: { path: '/readyz' } },
  });
  const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'tams-api')?.[
    'data'
  ];
  const {
    SHUTDOWN_DRAIN_SECONDS: drain,
    SHUTDOWN_GRACE_SECONDS: grace,
    TAMS_ENV: environment,
  } = settings as Record<string, string>;
  expect(environment).toBe('production');
  expect(server.terminationGracePeriodSeconds).toBeGreaterThan(Number(drain) + Number(grace));
});

renders('the settings of production are accepted by the server', () => {
  const manifests = render('overlays/production');
  const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'tams-api')?.[
    'data'
  ];
  const [secret] = manifestsIn(shipped('deploy/kubernetes/base/secret.example.yaml'));
  const environment = { ...(settings as object), ...(secret?.['stringData'] as object) };
  expect(() => new Configuration(environment)).not.toThrow();
});

renders('no secret is part of the kustomization, and /metrics is not open to the world', () => {
  const manifests = render('overlays/production');
  expect(manifests.filter((manifest) => manifest.kind === 'Secret')).toEqual([]);
  const ingress = manifests.find((manifest) => manifest.kind === 'Ingress')?.['spec'] as {
    rules: { http: { paths: { path: string; pathType: string }[] } }[];
  };
  const open = ingress.rules.flatMap((rule) => rule.http.paths);
  expect(open.filter(({ path, pathType }) => pathType === 'Prefix' && '/metrics'.startsWith(path))).toEqual([]);
});

it('the generated manifests are what npm run dashboards makes, with the very rules Prometheus reads', () => {
  for (const [name, text] of generatedManifests()) {
    expect({ name, text: shipped(`deploy/kubernetes/base/generated/${name}`) }).toEqual({ name, text });
  }
  const { spec } = parse(shipped('deploy/kubernetes/base/generated/prometheusrule.yaml')) as { spec: RuleFile };
  expect(spec.groups.flatMap((group) => group.rules)).toHaveLength(rules().length);
});

it('the migration job runs a program of the server', () => {
  const [job] = manifestsIn(shipped('deploy/kubernetes/base/migration-job.yaml'));
  const program = podOf(job ? [job] : [], 'Job').containers[0]?.command?.[1] ?? '';
  const source = program.replace('dist/apps/tams-api/', '').replace(/\.js$/, '.ts');
  expect({ source, exists: existsSync(join(ROOT, source)) }).toEqual({ source, exists: true });
});
