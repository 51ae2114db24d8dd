// What a store of some size needs. The figures below are measured; docs/scaling.md names the command of each.

/** Measured figures. Bytes are bytes, times are milliseconds of one core. */
export const MEASURED = {
  /** Rows of one Segment with an object and one instance of its own, in `segments`, `objects` and `object_instances`. */
  tableBytes: 642,
  indexBytes: 612,
  /** Processor time of one request: of the server, and of PostgreSQL. */
  registration: { serverMs: 1.38, databaseMs: 1.1 },
  page: { serverMs: 1.36, databaseMs: 0.49 },
};

/** What is assumed and not measured. */
export const ASSUMED = {
  /** Dead rows and half-empty pages of a database that lives. */
  bloat: 1.3,
  /** The database's disk holds its log, and what VACUUM and a new index need for a while. */
  databaseDisk: 1.5,
  /** The share of a core that may be used in a busy minute: what is left is for peaks, jobs and the loss of a replica. */
  busy: 0.4,
  /** Gigabytes a server may use (its limit in deploy/kubernetes). */
  serverGigabytes: 2,
  /** The share of a database that should be in memory: the newest rows, and the upper levels of its indexes. */
  cached: 0.02,
  leastDatabaseGigabytes: 4,
  leastReplicas: 3,
};

const GIGA = 1e9;
const SECONDS_OF_A_DAY = 86_400;

/** Reads the options. @throws {Error} saying which is missing or no number above 0 */
export function parseSize(values) {
  const read = (name, fallback) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (value === undefined) throw new Error(`--${name} is missing`);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} is a number above 0`);
    return value;
  };
  const channels = read('channels');
  return {
    channels,
    segmentSeconds: read('segment'),
    days: read('days'),
    flowsPerChannel: read('flows', 2),
    mbitPerSecond: read('mbit', 10),
    readers: read('readers', channels),
  };
}

/** What a store needs. Gigabytes are 1e9 bytes; cores are of the machine the figures were measured on. */
export function sizeOf(store, measured = MEASURED) {
  const { channels, segmentSeconds, days, flowsPerChannel, mbitPerSecond, readers } = store;
  const registrationsPerSecond = (channels * flowsPerChannel) / segmentSeconds;
  const pagesPerSecond = readers / segmentSeconds;
  const segments = Math.round(registrationsPerSecond * days * SECONDS_OF_A_DAY);
  const databaseGigabytes = (segments * (measured.tableBytes + measured.indexBytes) * ASSUMED.bloat) / GIGA;
  const cores = (kind) =>
    (registrationsPerSecond * measured.registration[kind] + pagesPerSecond * measured.page[kind]) / 1000 / ASSUMED.busy;
  const serverCores = cores('serverMs');
  const replicas = Math.max(ASSUMED.leastReplicas, Math.ceil(serverCores) + 1);
  return {
    store,
    load: { registrationsPerSecond, pagesPerSecond, segments },
    servers: { cores: serverCores, replicas, memoryGigabytes: replicas * ASSUMED.serverGigabytes },
    database: {
      cores: Math.max(2, Math.ceil(cores('databaseMs'))),
      memoryGigabytes: Math.max(ASSUMED.leastDatabaseGigabytes, Math.ceil(databaseGigabytes * ASSUMED.cached)),
      gigabytes: databaseGigabytes,
      diskGigabytes: databaseGigabytes * ASSUMED.databaseDisk,
    },
    media: { terabytes: (channels * mbitPerSecond * 1e6 * days * SECONDS_OF_A_DAY) / 8 / 1e12 },
    measured,
    assumed: ASSUMED,
  };
}

/** The same for people. */
export function tableOf({ store, load, servers, database, media }) {
  const round = (value, digits = 0) =>
    value.toLocaleString('en', { maximumFractionDigits: value > 0 && value < 10 ? Math.max(digits, 1) : digits });
  const rows = [
    ['registrations', `${round(load.registrationsPerSecond)} a second`],
    ['pages', `${round(load.pagesPerSecond)} a second`],
    ['Segments kept', round(load.segments)],
    [
      'servers',
      `${servers.replicas} replicas (${round(servers.cores, 1)} cores), ${servers.memoryGigabytes} GB of memory at most`,
    ],
    ['PostgreSQL', `${database.cores} cores, ${round(database.memoryGigabytes)} GB of memory`],
    [
      'database',
      `${round(database.gigabytes)} GB, a disk of ${round(database.diskGigabytes)} GB; as much again for each standby`,
    ],
    ['media', `${round(media.terabytes, 1)} TB, before what the object store adds`],
  ];
  const title = `${round(store.channels)} channels of ${store.flowsPerChannel} Flows, Segments of ${store.segmentSeconds} s, kept ${store.days} days, ${round(store.readers)} readers`;
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`)].join('\n');
}
