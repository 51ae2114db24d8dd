import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createDataSource, Database, poolOf } from '@tams/platform';
import type { StorageBackends } from '@tams/storage';
import { PinoLogger } from 'nestjs-pino';
import { ObjectInstanceRepository } from '../../libs/objects/src/instances/instance.repository';
import { SizeSurvey } from '../../libs/objects/src/instances/size-survey';
import { openS3Backend } from '../../libs/storage/src/s3/s3-backend-type';
import { s3Settings } from '../../libs/storage/src/s3/s3-settings';
import { type BenchBed, onBenchBed } from './bench-bed';
import { BenchStore } from './bench-store';
import { cpuSecondsOf } from './processor-time';
import { type MeasuredServer, SegmentWriters, startTamsServer } from './processes';
import type { Written } from './segment-writers';
import { readOptions } from './options';
import { machine, number } from './report';

const USAGE = `npm run bench:sizes -- [options]
  --segments N    segments that are uploaded and registered a second (default 200)
  --seconds N     for how long (default 600)
  --bytes N       size of each (default 1,000)
Clients allocate objects, upload them straight to a real S3 (RADOS Gateway, which is installed and started for it) and register
them one by one. The survey of sizes runs every minute, in this process and not in the server, so that what it takes can be told.
Ends with 1 when a size was not known two minutes after its registration, the survey took 5 % of a core or more (its
session of PostgreSQL included), or fewer than 95 in a hundred of the segments could be written.`;

const options = readOptions(USAGE, {
  segments: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '600' },
  bytes: { type: 'string', default: '1000' },
  help: { type: 'boolean', default: false },
});

const SEGMENTS_A_SECOND = Number(options.segments);
const SECONDS = Number(options.seconds);
const FLOWS = 20;
const BUCKET = 'tams-bench';
const REGION = 'us-east-1';
const LOOK_EVERY_MS = 2_000;
const MOST_SECONDS_UNTIL_KNOWN = 120;
const MOST_OF_A_CORE = 0.05;
const ENOUGH = 0.95;
/** `OBJECT_SIZE_INTERVAL_SECONDS` as shipped. */
const SURVEY_EVERY_MS = 60_000;

/** A store as `scripts/rados-gateway.mjs` starts it. */
interface Gateway {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly stop: () => Promise<void>;
}

async function startGateway(): Promise<Gateway> {
  const script: string = '../../scripts/rados-gateway.mjs';
  const { installRadosGateway, startRadosGateway } = (await import(script)) as {
    installRadosGateway: () => Promise<void>;
    startRadosGateway: () => Promise<Gateway>;
  };
  await installRadosGateway();
  const gateway = await startRadosGateway();
  const client = new S3Client({
    endpoint: gateway.endpoint,
    region: REGION,
    forcePathStyle: true,
    credentials: gateway,
    // The first bucket makes the gateway create its pools, and may be refused until they are there.
    maxAttempts: 10,
  });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
  return gateway;
}

/** The server's survey, on a connection of its own. */
class Survey {
  private readonly seconds = { own: 0, database: 0 };
  private runs = 0;

  private constructor(
    private readonly survey: SizeSurvey,
    private readonly sessionPid: number,
  ) {}

  static async open(databaseUrl: string, storageId: string, gateway: Gateway, bed: BenchBed): Promise<Survey> {
    const dataSource = createDataSource({ url: databaseUrl, poolSize: 1, statementTimeoutSeconds: 30 });
    await dataSource.initialize();
    bed.stops.push(() => dataSource.destroy());
    const database = new Database(poolOf(dataSource));
    const backend = await openS3Backend(
      s3Settings.parse({
        bucket: BUCKET,
        endpoint: gateway.endpoint,
        region: REGION,
        access_key_id: gateway.accessKeyId,
        secret_access_key: gateway.secretAccessKey,
      }),
      {
        details: {
          id: storageId,
          label: 's3',
          store_type: 'http_object_store',
          provider: 'self-hosted',
          store_product: 'ceph',
        },
        presignedUrlSeconds: 600,
      },
    );
    const backends = { all: [backend], get: () => backend } as unknown as StorageBackends;
    const survey = new SizeSurvey(
      database,
      new ObjectInstanceRepository(),
      backends,
      ...([undefined, undefined] as unknown as [never, never]),
      new PinoLogger({ pinoHttp: { level: 'silent' } }),
    );
    const [session] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new Survey(survey, session?.pid ?? 0);
  }

  /** Runs it every minute, until the signal. */
  async keepMeasuring(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = performance.now() + SURVEY_EVERY_MS;
      const before = [process.cpuUsage(), cpuSecondsOf(this.sessionPid)] as const;
      // A run that has begun is finished, and counted.
      await this.survey.measure(new AbortController().signal);
      const { user, system } = process.cpuUsage(before[0]);
      this.seconds.own += (user + system) / 1e6;
      this.seconds.database += cpuSecondsOf(this.sessionPid) - before[1];
      this.runs += 1;
      await delay(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    }
  }

  get figures(): { readonly runs: number; readonly own: number; readonly database: number } {
    return { runs: this.runs, ...this.seconds };
  }
}

/** How many sizes are known, and how long ago the first of those was registered whose size is not. */
interface Known {
  readonly known: number;
  readonly oldestSeconds: number;
}

async function look(store: BenchStore): Promise<Known> {
  const [row] = await store.rows<{ known: string; oldest: number | null }>(
    `SELECT (SELECT count(*) FROM object_instances WHERE size_bytes IS NOT NULL) AS known,
            (SELECT extract(epoch FROM clock_timestamp() - min(o.registered))::float8
               FROM object_instances i JOIN objects o ON o.id = i.object_id
              WHERE i.size_bytes IS NULL AND i.state = 'ready' AND o.role IS NOT NULL) AS oldest`,
  );
  return { known: Number(row?.known ?? 0), oldestSeconds: row?.oldest ?? 0 };
}

/** Looks every few seconds. @returns the longest that a size was not known, in seconds */
async function watch(store: BenchStore, isOver: (known: Known) => boolean): Promise<number> {
  let longest = 0;
  for (;;) {
    const known = await look(store);
    longest = Math.max(longest, known.oldestSeconds);
    if (isOver(known)) return longest;
    await delay(LOOK_EVERY_MS);
  }
}

async function run(bed: BenchBed): Promise<void> {
  const { directory, postgres, stops } = bed;
  console.error('Starting the S3 store, PostgreSQL and the server...');
  const gateway = await startGateway();
  stops.push(() => gateway.stop());
  const server = await startServer(directory, postgres.connectionUrl, gateway);
  stops.push(() => server.stop());
  const store = await BenchStore.connect(server.origin, postgres.connectionUrl);
  stops.push(() => store.close());
  const flows = await store.createFlows(FLOWS);
  const survey = await Survey.open(postgres.connectionUrl, store.storageId, gateway, bed);
  const writers = new SegmentWriters();
  stops.push(() => {
    writers.stop();
  });
  console.error(`Writing ${SEGMENTS_A_SECOND} segments a second for ${SECONDS} s...`);
  const ending = new AbortController();
  const measuring = survey.keepMeasuring(ending.signal);
  const started = performance.now();
  let written: Written | undefined;
  const writing = writers
    .write({
      origin: server.origin,
      flowIds: flows.map(({ id }) => id),
      perSecond: SEGMENTS_A_SECOND,
      seconds: SECONDS,
      bytes: Number(options.bytes),
    })
    .then((result) => (written = result));
  const longest = await watch(
    store,
    ({ known, oldestSeconds }) =>
      written !== undefined && (known >= written.registered || oldestSeconds > MOST_SECONDS_UNTIL_KNOWN),
  );
  const seconds = (performance.now() - started) / 1000;
  ending.abort();
  await measuring.catch(() => undefined);
  tell(await writing, survey, longest, seconds);
}

function startServer(directory: string, databaseUrl: string, gateway: Gateway): Promise<MeasuredServer> {
  return startTamsServer({
    databaseUrl,
    directory,
    environment: {
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: gateway.endpoint,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: gateway.accessKeyId,
      S3_SECRET_ACCESS_KEY: gateway.secretAccessKey,
      // The survey runs here.
      OBJECT_SIZE_INTERVAL_SECONDS: '86400',
    },
  });
}

function tell(
  { registered, failures, seconds: writing }: Written,
  survey: Survey,
  longest: number,
  seconds: number,
): void {
  const { runs, own, database } = survey.figures;
  const ofCore = (own + database) / seconds;
  const { cpu, cores } = machine();
  console.log(`${cpu}, ${cores} cores`);
  console.log(
    `Segments uploaded and registered: ${number(registered)}, ${number(registered / writing, 1)} a second; ${failures} failed.`,
  );
  console.log(
    `A size was known at most ${number(longest, 1)} s after the registration (${MOST_SECONDS_UNTIL_KNOWN} s allowed).`,
  );
  console.log(
    `The survey ran ${runs} times and took ${number(ofCore * 100, 2)} % of a core: ${number(own, 2)} s in its process, ${number(database, 2)} s in PostgreSQL.`,
  );
  const enough = registered >= SEGMENTS_A_SECOND * SECONDS * ENOUGH && failures === 0;
  if (!enough) console.log('This machine could not write that many.');
  if (!enough || longest > MOST_SECONDS_UNTIL_KNOWN || ofCore >= MOST_OF_A_CORE) process.exitCode = 1;
}

if (options.help) console.log(USAGE);
else {
  onBenchBed(run).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
