import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { ROOT } from './shipped-files';

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [property: string]: unknown };
  readonly [property: string]: unknown;
}

const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const rule = z.strictObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const named = z.strictObject({ name: z.string() });
const resources = z.record(z.string(), z.string());
const secretKey = z.strictObject({ name: z.string(), key: z.string() });

/** Kinds of the operator CloudNativePG 1.27 and its plug-in Barman Cloud, as far as they are used here. */
const postgresKinds: Readonly<Record<string, z.ZodType>> = {
  Cluster: z.strictObject({
    apiVersion: z.literal('postgresql.cnpg.io/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      instances: z.int(),
      imageName: z.string(),
      primaryUpdateStrategy: z.enum(['unsupervised', 'supervised']),
      postgresql: z.strictObject({
        parameters: z.record(z.string(), z.string()),
        synchronous: z.strictObject({
          method: z.enum(['any', 'first']),
          number: z.int(),
          dataDurability: z.enum(['required', 'preferred']),
        }),
      }),
      bootstrap: z.strictObject({
        initdb: z.strictObject({
          database: z.string(),
          owner: z.string(),
          encoding: z.string(),
          postInitSQL: z.array(z.string()),
        }),
      }),
      affinity: z.strictObject({
        enablePodAntiAffinity: z.boolean(),
        podAntiAffinityType: z.enum(['required', 'preferred']),
        topologyKey: z.string(),
      }),
      storage: z.strictObject({ size: z.string() }),
      walStorage: z.strictObject({ size: z.string() }),
      resources: z.strictObject({ requests: resources, limits: resources }),
      plugins: z.array(
        z.strictObject({
          name: z.string(),
          isWALArchiver: z.boolean(),
          parameters: z.strictObject({ barmanObjectName: z.string() }),
        }),
      ),
    }),
  }),
  Pooler: z.strictObject({
    apiVersion: z.literal('postgresql.cnpg.io/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      cluster: named,
      instances: z.int(),
      type: z.enum(['rw', 'ro', 'r']),
      pgbouncer: z.strictObject({
        poolMode: z.enum(['session', 'transaction']),
        parameters: z.record(z.string(), z.string()),
      }),
      // A template of pods: Kubernetes' own kind.
      template: z.looseObject({}),
    }),
  }),
  ScheduledBackup: z.strictObject({
    apiVersion: z.literal('postgresql.cnpg.io/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      schedule: z.string().regex(/^(\S+ ){5}\S+$/),
      backupOwnerReference: z.enum(['none', 'self', 'cluster']),
      cluster: named,
      method: z.enum(['barmanObjectStore', 'volumeSnapshot', 'plugin']),
      pluginConfiguration: named,
    }),
  }),
  ObjectStore: z.strictObject({
    apiVersion: z.literal('barmancloud.cnpg.io/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      retentionPolicy: z.string().regex(/^[1-9]\d*[dwm]$/),
      configuration: z.strictObject({
        destinationPath: z.string(),
        endpointURL: z.string(),
        s3Credentials: z.strictObject({ accessKeyId: secretKey, secretAccessKey: secretKey }),
        wal: z.strictObject({ compression: z.string() }),
        data: z.strictObject({ compression: z.string() }),
      }),
    }),
  }),
};

/** Kinds of operators, as far as they are used here; kubernetes-models has Kubernetes' own only. */
const operatorKinds: Readonly<Record<string, z.ZodType>> = {
  ...postgresKinds,
  PrometheusRule: z.strictObject({
    apiVersion: z.literal('monitoring.coreos.com/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      groups: z.array(z.strictObject({ name: z.string(), interval: duration.optional(), rules: z.array(rule) })),
    }),
  }),
  ServiceMonitor: z.strictObject({
    apiVersion: z.literal('monitoring.coreos.com/v1'),
    kind: z.string(),
    metadata,
    spec: z.strictObject({
      jobLabel: z.string(),
      selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
      endpoints: z.array(
        z.strictObject({ port: z.string(), path: z.string(), interval: duration, scrapeTimeout: duration }),
      ),
      sampleLimit: z.int(),
    }),
  }),
};

/**
 * What is wrong with manifests: unknown fields, missing ones, values of another type. Kubernetes' own kinds are held
 * against the types of kubernetes-models by the compiler, because its run-time validation lets unknown fields pass.
 */
export function mistakesOf(manifests: readonly Manifest[]): string[] {
  const own = manifests.filter(({ kind }) => !(kind in operatorKinds));
  const foreign = manifests.filter(({ kind }) => kind in operatorKinds);
  return [
    ...typeErrors(own),
    ...foreign.flatMap((manifest) => {
      const result = operatorKinds[manifest.kind]?.safeParse(manifest);
      return result?.success === false ? [`${manifest.kind} ${manifest.metadata.name}: ${result.error.message}`] : [];
    }),
  ];
}

function typeErrors(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    (manifest, index) =>
      `import type { I${manifest.kind} as I${index} } from 'kubernetes-models/${manifest.apiVersion}';\n` +
      // A literal, because only there the compiler refuses properties the type does not have.
      `export const manifest${index}: I${index} = ${JSON.stringify(manifest, undefined, 1)};\n`,
  );
  const file = join(ROOT, 'test/stack/rendered-manifests.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022, true)
      : readSource(name, ...rest);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line;
    return `line ${line ?? 0}: ${text}`;
  });
}
