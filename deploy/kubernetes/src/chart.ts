import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const BASE = join(__dirname, '..', 'base');
const HEADER = '# Made by `npm run dashboards` from deploy/kubernetes/base; changes here are lost.\n';

type Node = Record<string, unknown>;

/** A place in a manifest that a value of the chart decides. */
interface Place {
  readonly path: readonly (string | number)[];
  /** What Helm puts there; on lines of their own where it is a block. */
  readonly template: string;
  readonly block?: boolean;
}

/** A file of the base as a template of the chart. */
interface Template {
  readonly file: string;
  readonly places: readonly Place[];
  /** Value that switches it on; always there without one. */
  readonly when?: string;
}

const image: Place = {
  path: ['spec', 'template', 'spec', 'containers', 0, 'image'],
  template: '{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}',
};
const secret: Place = {
  path: ['spec', 'template', 'spec', 'containers', 0, 'envFrom', 1, 'secretRef', 'name'],
  template: '{{ .Values.secretName }}',
};
const env = (value: string): Place => ({
  path: ['spec', 'template', 'spec', 'containers', 0, 'env'],
  template: `{{ toYaml .Values.${value} | indent 12 }}`,
  block: true,
});
const monitored = '.Values.monitoring.enabled';

const templates: readonly Template[] = [
  { file: 'serviceaccount.yaml', places: [] },
  {
    file: 'configmap.yaml',
    places: [{ path: ['data'], template: '{{ toYaml .Values.settings | indent 2 }}', block: true }],
  },
  {
    file: 'deployment.yaml',
    places: [
      image,
      secret,
      env('env'),
      {
        path: ['spec', 'template', 'spec', 'affinity'],
        template: '{{ toYaml .Values.affinity | indent 8 }}',
        block: true,
      },
      {
        path: ['spec', 'template', 'spec', 'containers', 0, 'resources'],
        template: '{{ toYaml .Values.resources | indent 12 }}',
        block: true,
      },
    ],
  },
  { file: 'service.yaml', places: [] },
  {
    file: 'horizontalpodautoscaler.yaml',
    places: [
      { path: ['spec', 'minReplicas'], template: '{{ .Values.replicas.minimum }}' },
      { path: ['spec', 'maxReplicas'], template: '{{ .Values.replicas.maximum }}' },
      { path: ['spec', 'metrics'], template: '{{ toYaml .Values.replicas.metrics | indent 4 }}', block: true },
    ],
  },
  { file: 'poddisruptionbudget.yaml', places: [] },
  {
    file: 'networkpolicy.yaml',
    when: '.Values.networkPolicy.enabled',
    places: ['ingressNamespace', 'monitoringNamespace'].map((name, index) => ({
      path: ['spec', 'ingress', 0, 'from', index, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'],
      template: `{{ .Values.networkPolicy.${name} }}`,
    })),
  },
  { file: 'migration-job.yaml', places: [image, secret, env('migrationEnv')] },
  { file: 'servicemonitor.yaml', when: monitored, places: [] },
];

/** What the generated objects of the monitoring are in the chart: files as they are, for they are full of Prometheus' own templates. */
const files = ['prometheusrule.yaml', 'dashboards.yaml'];

const LABELS = { 'app.kubernetes.io/name': 'tams-api', 'app.kubernetes.io/part-of': 'tams' };

function read(file: string): Node {
  return parse(readFileSync(join(BASE, file), 'utf8')) as Node;
}

/** As kustomize does with `labels` and `includeTemplates`. */
function labelled(manifest: Node): Node {
  const metadata = manifest['metadata'] as Node;
  metadata['labels'] = { ...(metadata['labels'] as Node | undefined), ...LABELS };
  const pod = (manifest['spec'] as { template?: { metadata: Node } } | undefined)?.template;
  if (pod) pod.metadata['labels'] = { ...(pod.metadata['labels'] as Node | undefined), ...LABELS };
  return manifest;
}

function templateOf({ file, places, when }: Template): string {
  const manifest = labelled(read(file));
  for (const [index, { path }] of places.entries()) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], manifest);
    const key = path.at(-1) ?? '';
    const holder = parent as Record<string | number, unknown>;
    if (holder[key] === undefined) throw new Error(`${file} has no ${path.join('.')} any more.`);
    holder[key] = marker(index);
  }
  let text = stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false });
  for (const [index, { template, block }] of places.entries())
    text = text.replace(block ? ` ${marker(index)}` : marker(index), () => (block ? `\n${template}` : template));
  return HEADER + (when === undefined ? text : `{{- if ${when} }}\n${text}{{- end }}\n`);
}

function marker(index: number): string {
  return `PLACE${index}PLACE`;
}

/** What is read of an autoscaler. */
interface Autoscaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly Node[];
}

/** What is read of the pods of an overlay's patch. */
interface PodPatch {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly affinity?: Node; readonly containers: readonly [{ readonly env: readonly Node[] }] };
    };
  };
}

function replicasOf({ minReplicas, maxReplicas, metrics }: Autoscaling): Node {
  return { replicas: { minimum: minReplicas, maximum: maxReplicas, metrics } };
}

/** A value with what it is for. */
const part = (comment: string, value: Node): string => `# ${comment}\n${stringify(value, { lineWidth: 0 })}\n`;

/** The values that make of the chart what the overlay `ha` makes of the base. */
function valuesOfHa(): string {
  const patch = (name: string): Node => read(`../overlays/ha/${name}.patch.yaml`);
  const server = patch('deployment') as unknown as PodPatch;
  const migration = patch('migration-job') as unknown as PodPatch;
  const { spec } = patch('horizontalpodautoscaler') as unknown as { spec: Autoscaling };
  return (
    (
      '# Made by `npm run dashboards` from deploy/kubernetes/overlays/ha; changes here are lost. docs/operations.md tells what else it needs.\n' +
      [
        part('Where the PostgreSQL of deploy/kubernetes/overlays/ha is.', {
          env: server.spec.template.spec.containers[0].env,
          migrationEnv: migration.spec.template.spec.containers[0].env,
        }),
        part('Never two on one node.', { affinity: server.spec.template.spec.affinity }),
        part('By requests in flight too, which prometheus-adapter tells.', replicasOf(spec)),
      ].join('')
    ).trimEnd() + '\n'
  );
}

/** The values as they are without a choice: those of the base. */
function values(): string {
  const deployment = read('deployment.yaml') as { spec: { template: { spec: { containers: { resources: Node }[] } } } };
  const replicas = read('horizontalpodautoscaler.yaml') as { spec: Autoscaling };
  const settings = (read('configmap.yaml') as { data: Node }).data;
  return (
    (
      HEADER +
      [
        part('The image; without a tag, that of the version of the chart.', {
          image: { repository: 'tams-server', tag: '' },
        }),
        part('Secret with DATABASE_URL, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY; make it by your own means.', {
          secretName: 'tams-api',
        }),
        part('Settings that are no secret: docs/configuration.md has all of them.', { settings }),
        part('Variables of the server, and of the migration, from elsewhere; they win over settings and Secret.', {
          env: [],
          migrationEnv: [],
        }),
        part('Where else replicas may, or must, run.', { affinity: {} }),
        part('Replicas: as few and as many as the load wants.', replicasOf(replicas.spec)),
        part('What a replica asks for and may use at most.', {
          resources: deployment.spec.template.spec.containers[0]?.resources ?? {},
        }),
        part('ServiceMonitor, PrometheusRule and dashboards; needs the operator of Prometheus.', {
          monitoring: { enabled: true },
        }),
        part('Who may connect: the namespaces of the ingress controller and of Prometheus.', {
          networkPolicy: { enabled: true, ingressNamespace: 'ingress-nginx', monitoringNamespace: 'monitoring' },
        }),
      ].join('')
    ).trimEnd() + '\n'
  );
}

/** Files of the chart by name; `files/` beside them are links to what `npm run dashboards` makes for kustomize. */
export function chartFiles(): ReadonlyMap<string, string> {
  const { version } = JSON.parse(readFileSync(join(BASE, '..', '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const chart = {
    apiVersion: 'v2',
    name: 'tams',
    description: 'A Time-addressable Media Store (BBC TAMS 8.2) that shows what it is doing',
    type: 'application',
    version,
    appVersion: version,
  };
  return new Map([
    ['Chart.yaml', HEADER + stringify(chart, { lineWidth: 0 })],
    ['values.yaml', values()],
    ['values-ha.yaml', valuesOfHa()],
    ...templates.map((template) => [`templates/${template.file}`, templateOf(template)] as const),
    ...files.map(
      (file) =>
        [
          `templates/${file}`,
          `${HEADER}{{- if ${monitored} }}\n{{ .Files.Get "files/${file}" }}\n{{- end }}\n`,
        ] as const,
    ),
  ]);
}
