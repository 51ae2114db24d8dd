/**
 * The layer table of the architecture (docs/architecture.md) as a rule the build checks.
 * A new arrow is a decision: change the table in the same commit, with an ADR.
 */
const mayImport = {
  timing: [],
  media: ['timing'],
  telemetry: [],
  'embedded-postgres': [],
  platform: ['timing', 'telemetry'],
  model: ['platform', 'timing'],
  outbox: ['platform', 'telemetry'],
  migrations: [],
  auth: ['model', 'platform', 'telemetry'],
  storage: ['auth', 'model', 'platform', 'telemetry'],
  objects: ['storage', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  sources: ['outbox', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  profiles: ['auth', 'model', 'platform', 'telemetry'],
  service: ['auth', 'storage', 'model', 'platform', 'telemetry'],
  flows: ['sources', 'profiles', 'objects', 'storage', 'outbox', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  segments: ['flows', 'sources', 'objects', 'storage', 'outbox', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  playback: ['flows', 'sources', 'objects', 'storage', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  webhooks: ['objects', 'storage', 'outbox', 'auth', 'model', 'platform', 'telemetry'],
  'event-stream': ['webhooks', 'outbox', 'auth', 'model', 'platform', 'telemetry'],
  console: ['segments', 'flows', 'objects', 'storage', 'outbox', 'auth', 'model', 'platform', 'telemetry', 'timing'],
  health: ['auth', 'migrations', 'platform', 'telemetry', 'storage'],
  insight: ['health', 'auth', 'platform', 'telemetry'],
};

const layerRules = Object.entries(mayImport).map(([library, allowed]) => ({
  name: `layer-${library}`,
  severity: 'error',
  comment: `libs/${library} may import only: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^libs/${library}/` },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${[library, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      comment: 'Another library is imported through its index.ts only.',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'apps-use-front-doors',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'media-tools-speak-http',
      severity: 'error',
      comment: 'apps/tams-media is a client: of this repository it may import libs/timing and libs/media only.',
      from: { path: '^apps/tams-media/' },
      to: { path: '^(libs|apps|test)/', pathNot: '^(apps/tams-media|libs/timing|libs/media)/' },
    },
    {
      name: 'console-speaks-http',
      severity: 'error',
      comment:
        'apps/tams-console is a page in a browser: of this repository it may import libs/timing and libs/media only.',
      from: { path: '^apps/tams-console/' },
      to: { path: '^(libs|apps|test)/', pathNot: '^(apps/tams-console|libs/timing|libs/media)/' },
    },
    {
      name: 'media-runs-in-browsers',
      severity: 'error',
      comment: 'libs/media runs in Node and in browsers alike: no module of Node.',
      from: { path: '^libs/media/', pathNot: '[.]spec[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'libraries-know-no-tests',
      severity: 'error',
      comment: 'A spec that needs a server or a database of the tests lies in test/.',
      from: { path: '^libs/' },
      to: { path: '^test/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...layerRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules|data|sample)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
