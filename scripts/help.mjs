// `npm run help`: every script of this repository, by what it is for. Each prints `--help` where it takes options.
import { readFileSync } from 'node:fs';

const groups = {
  'Run the server': {
    start: 'build what changed and start the server, with a PostgreSQL of its own unless DATABASE_URL names one',
    'start:dev': 'start it again at each change of the code',
    build: 'compile the server and the console into dist/',
  },
  'Media in and out (docs/media.md)': {
    demo: 'fill a running server with sample media',
    ingest: 'a file, a playlist, a folder or a live stream into the store',
    outgest: 'a stretch of a Flow or Source into a file',
    edit: 'new Flows from parts of others by reference; OpenTimelineIO',
  },
  'Look after a store (docs/operations.md)': {
    status: 'how a running server is, in a terminal; --watch',
    diagnose: 'all that a running server knows of itself as one archive, without secrets',
    sql: 'a question to the metadata store, without psql',
    size: 'what a store of so many channels needs: cores, memory, disk',
    distribute: 'whether and how the store can be spread over several machines',
    reconcile: 'compare storage backends with the database',
    retention: 'what is deleted by age, and when',
    conformance: 'check any TAMS 8.2 server against the specification, black box',
  },
  'Check a change': {
    test: 'every test; `npm test -- path` for some',
    'test:model': 'random operations against a model of the specification',
    'test:faults': 'killed processes, cut connections, full disks',
    'test:cluster': 'three servers behind HAProxy, a PostgreSQL that fails over; --long',
    'test:s3': 'a real S3 store (RADOS Gateway; --store=seaweedfs)',
    'test:live': 'live ingest of two hours in minutes, or in real time, over a killed server',
    'test:large': 'memory of ingest for a file or URL of many gigabytes that takes no room on the disk',
    'test:stack': 'Prometheus, Alertmanager, Helm, the image, run for real',
    lint: 'ESLint and Prettier',
    'lint:fix': 'the same, mending what they can',
    typecheck: 'the compiler, without output',
    layers: 'which library may import which, and no circles',
    'check:dependencies': 'licences, prereleases and age of dependencies',
  },
  'Measure (docs/performance.md)': {
    bench: 'every case against a floor; --before compares with another build',
    'bench:telemetry': 'what telemetry costs',
    'bench:events': 'latency beside 1,000 events a second',
    'bench:scale': 'how cost grows with the store',
    'bench:churn': 'a year of registration and deletion at speed: sizes and vacuum',
    'bench:partitions': 'tables as they are beside tables in partitions',
    'bench:deletion': 'a million segments deleted beside another client',
    'bench:bearer': 'what checking a bearer token costs',
    'bench:classes': 'what access by auth_classes costs',
    'bench:collectors': 'trace collectors that are slow, gone or hostile',
    'bench:console': "the console's read models on a large store",
    'bench:sizes': 'sizes of 200 segments a second on a real S3',
    'bench:streams': '1,000 open event streams',
    'bench:memory': 'memory after many requests on many paths',
  },
  'Generate and release': {
    'console:types': "the console's types, from the API document of a running server",
    dashboards: "Grafana's dashboards, from deploy/grafana/src",
    release: 'changelog, version, commit and tag',
  },
};

if (process.argv.includes('--json')) console.log(JSON.stringify(groups));
else {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  console.log(`${name} ${version}: npm run SCRIPT -- [options]\n`);
  for (const [title, scripts] of Object.entries(groups)) {
    console.log(title);
    for (const [script, purpose] of Object.entries(scripts)) console.log(`  ${script.padEnd(20)} ${purpose}`);
    console.log();
  }
}
