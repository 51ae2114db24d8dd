import { resolve } from 'node:path';
import { type Environment, environmentSchema } from './configuration.schema';
import { securityConfiguration, type SecurityConfiguration } from './security.schema';
import { type CopySettings, copySettingsFrom } from './copy-settings';
import { type EventStreamSettings, eventStreamSettingsFrom } from './event-stream-settings';
import { type ChangedSetting, changedSettings } from './changed-settings';
import { unknownSettings } from './unknown-settings';
import { type WebhookSettings, webhookSettingsFrom } from './webhook-settings';

/** How long URLs to read from last unless set: longer than nearly every film. */
const READ_URL_SECONDS = 4 * 3600;
/** What URLs may last beyond their time: they are rounded up to the minute, and have 5 s of grace. */
const URL_ROUNDING_SECONDS = 65;

/** Raised at start when the environment is wrong; lists every mistake at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}:\n` +
        mistakes.map((mistake) => `  - ${mistake}`).join('\n') +
        '\nEvery variable is described in docs/configuration.md.',
    );
  }
}

/** One S3 bucket set by `S3_` variables, with the names that settings have in `STORAGE_BACKENDS_FILE`. */
export interface S3Variables {
  readonly bucket: string;
  readonly endpoint?: string;
  readonly public_endpoint?: string;
  readonly region?: string;
  readonly access_key_id?: string;
  readonly secret_access_key?: string;
  readonly force_path_style?: boolean;
  readonly plain_urls?: string;
  readonly label: string;
}

/** How the embedded object store uses its disk. */
export interface ObjectDiskSettings {
  /** Largest object it takes, in bytes. */
  readonly maxObjectBytes: number;
  /** What uploads leave free: so many bytes, ... */
  readonly minFreeBytes: number;
  /** ... or so much of the disk, whichever is more. */
  readonly minFreePercent: number;
}

function checked(environment: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError([
    ...new Set(parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`)),
  ]);
}

function objectDiskFrom(values: Environment): ObjectDiskSettings {
  return {
    maxObjectBytes: values.MAX_OBJECT_BYTES,
    minFreeBytes: values.STORAGE_MIN_FREE_BYTES,
    minFreePercent: values.STORAGE_MIN_FREE_PERCENT,
  };
}

/** Addresses of the tools beside this server, for people. */
export interface LinkedTools {
  readonly grafana?: string;
  readonly jaeger?: string;
  readonly prometheus?: string;
}

/** How Flows that grow are played. */
export interface PlaybackSettings {
  /** What a live playlist lists unless it is asked for more. */
  readonly liveWindowSeconds: number;
  /** What it can be asked for. */
  readonly liveHistorySeconds: number;
  /** How long a token in an address works. */
  readonly tokenLifetimeSeconds: number;
}

/** A PostgreSQL that answers listings and pages in place of the primary. */
export interface ReadReplicaSettings {
  /** `postgres://` URL of it, or of a balancer in front of several. */
  readonly url: string;
  /** How long a read waits for it to have replayed what was written before, in milliseconds. */
  readonly waitMilliseconds: number;
}

/** How index and storage backends are compared. */
export interface ReconciliationSettings {
  /** How often, in seconds; 0 for never. */
  readonly intervalSeconds: number;
  /** How old what is found must be to be reported, in seconds. */
  readonly minimumAgeSeconds: number;
}

/** The server's settings, checked and typed. Immutable; made once at start from the environment. */
export class Configuration {
  /** TCP port of the API; 0 lets the system choose (tests). */
  readonly port: number;
  /** Address the API listens on. */
  readonly host: string;
  /** Absolute directory of everything the server keeps by itself: embedded PostgreSQL, embedded object storage. */
  readonly dataDirectory: string;
  /** PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** The same PostgreSQL without a pooler between, for what needs a session of its own: migrations and the job queue. */
  readonly databaseDirectUrl: string | undefined;
  /** A read replica of it, if there is one. */
  readonly readReplica: ReadReplicaSettings | undefined;
  /** Most connections this process opens to PostgreSQL. */
  readonly databasePoolSize: number;
  /** Longest one SQL statement may run, in seconds. */
  readonly databaseStatementTimeoutSeconds: number;
  /** Whether to start on a database that a newer version has changed. */
  readonly allowNewerDatabase: boolean;
  /** Whether this process works on background jobs, or leaves them to other replicas. */
  readonly jobWorkers: boolean;
  /** Connections of the job queue, beside those of `databasePoolSize` and one that listens. */
  readonly jobPoolSize: number;
  /** How long a job's worker may show no sign of life before another replica takes over, in seconds. */
  readonly jobHeartbeatSeconds: number;
  /** How long running jobs may go on after the server was asked to stop, in seconds. */
  readonly jobStopGraceSeconds: number;
  /** Origin (and path prefix) clients reach the server under; without it each request's own host is used. */
  readonly publicBaseUrl: string | undefined;
  /** Proxies whose `X-Forwarded-*` headers are believed: all, so many, or a comma list of addresses and CIDRs. */
  readonly trustProxy: boolean | number | string;
  /** Addresses people open the tools beside this server at, by name; those that are not set are absent. */
  readonly linkedTools: LinkedTools;
  /** Settings that are not at their defaults, without secrets. */
  readonly changedSettings: readonly ChangedSetting[];
  readonly logLevel: string;
  readonly logFormat: 'json' | 'pretty';
  readonly environment: 'development' | 'production';
  readonly serviceName: string | undefined;
  readonly serviceDescription: string | undefined;
  /** Largest JSON request body, in bytes. Media uploads are not JSON and have no such limit. */
  readonly maxBodyBytes: number;
  /** Largest metadata that is kept of one resource, as JSON, in bytes. */
  readonly maxDocumentBytes: number;
  /** `min_object_timeout` of GET /service, in seconds. */
  readonly minObjectTimeoutSeconds: number;
  /** `min_presigned_url_timeout` of GET /service, in seconds. */
  readonly presignedUrlTimeoutSeconds: number;
  /** How long URLs to read media from stay valid, in seconds: players ask once and play for as long as a film lasts. */
  readonly readUrlTimeoutSeconds: number;
  /** How much longer than {@link minObjectTimeoutSeconds} an unregistered object is kept, in seconds. */
  readonly objectTimeoutGraceSeconds: number;
  /** How long the bytes of an object stay after its last reference went away, for readers that hold URLs, in seconds. */
  readonly unreferencedObjectGraceSeconds: number;
  /** How often objects to be removed are looked for, in seconds. */
  readonly objectCollectionIntervalSeconds: number;
  /** How long a finished deletion request can be read, in seconds. */
  readonly deleteRequestLifetimeSeconds: number;
  readonly copies: CopySettings;
  readonly objectDisk: ObjectDiskSettings;
  /** How often unknown sizes of objects are asked of their backends, in seconds. */
  readonly objectSizeIntervalSeconds: number;
  /** How index and storage backends are compared. */
  readonly reconciliation: ReconciliationSettings;
  /** How often retention is carried out, in seconds; 0 for never. */
  readonly retentionIntervalSeconds: number;
  /** Age at which Flows without Segments are deleted, in seconds; 0 for never. */
  readonly emptyFlowRetentionSeconds: number;
  /** File that lists the storage backends; without it (and {@link s3}) the embedded filesystem backend is the only one. */
  readonly storageBackendsFile: string | undefined;
  /** The only storage backend, when it is set by variables. */
  readonly s3: S3Variables | undefined;
  readonly webhooks: WebhookSettings;
  readonly eventStreams: EventStreamSettings;
  readonly playback: PlaybackSettings;
  /** How long a SIGTERM leaves the port open while `/readyz` already says no, in seconds. */
  readonly shutdownDrainSeconds: number;
  /** How long requests in flight may take to finish after that, in seconds. */
  readonly shutdownGraceSeconds: number;
  /** Authentication, and what surrounds the HTTP server: TLS, CORS, limits, audit. */
  readonly security: SecurityConfiguration;
  /** Origins beside those of the storage backends that the console may read media from. */
  readonly consoleMediaOrigins: readonly string[];
  /** Sentences about variables that look like settings and are none. */
  readonly unknownSettings: readonly string[];

  /** @throws {ConfigurationError} naming every variable that is wrong. */
  constructor(environment: Readonly<Record<string, string | undefined>> = process.env) {
    const values = checked(environment);
    this.port = values.PORT;
    this.host = values.HOST;
    this.dataDirectory = resolve(values.DATA_DIR);
    this.databaseUrl = values.DATABASE_URL;
    this.databaseDirectUrl = values.DATABASE_DIRECT_URL;
    this.readReplica = readReplicaFrom(values);
    this.databasePoolSize = values.DATABASE_POOL_SIZE;
    this.databaseStatementTimeoutSeconds = values.DATABASE_STATEMENT_TIMEOUT_SECONDS;
    this.allowNewerDatabase = values.ALLOW_NEWER_DATABASE === 'true';
    this.jobWorkers = values.JOB_WORKERS === 'true';
    this.jobPoolSize = values.JOB_POOL_SIZE;
    this.jobHeartbeatSeconds = values.JOB_HEARTBEAT_SECONDS;
    this.jobStopGraceSeconds = values.JOB_STOP_GRACE_SECONDS;
    this.publicBaseUrl = values.PUBLIC_BASE_URL;
    this.trustProxy = values.TRUST_PROXY ?? false;
    this.logLevel = values.LOG_LEVEL;
    this.logFormat = values.LOG_FORMAT === 'auto' ? (process.stdout.isTTY ? 'pretty' : 'json') : values.LOG_FORMAT;
    this.environment = values.TAMS_ENV;
    this.serviceName = values.SERVICE_NAME;
    this.serviceDescription = values.SERVICE_DESCRIPTION;
    this.maxBodyBytes = values.MAX_BODY_BYTES;
    this.maxDocumentBytes = values.MAX_DOCUMENT_BYTES;
    this.minObjectTimeoutSeconds = values.MIN_OBJECT_TIMEOUT_SECONDS;
    this.presignedUrlTimeoutSeconds = values.PRESIGNED_URL_TIMEOUT_SECONDS;
    this.readUrlTimeoutSeconds = readUrlSeconds(values);
    this.objectTimeoutGraceSeconds = values.OBJECT_TIMEOUT_GRACE_SECONDS;
    this.unreferencedObjectGraceSeconds = unreferencedGraceSeconds(values);
    this.objectCollectionIntervalSeconds = values.OBJECT_COLLECTION_INTERVAL_SECONDS;
    this.deleteRequestLifetimeSeconds = values.DELETE_REQUEST_LIFETIME_SECONDS;
    this.copies = copySettingsFrom(values);
    this.objectDisk = objectDiskFrom(values);
    this.objectSizeIntervalSeconds = values.OBJECT_SIZE_INTERVAL_SECONDS;
    this.reconciliation = reconciliationFrom(values);
    this.retentionIntervalSeconds = values.RETENTION_INTERVAL_SECONDS;
    this.emptyFlowRetentionSeconds = values.EMPTY_FLOW_RETENTION_SECONDS;
    this.storageBackendsFile = values.STORAGE_BACKENDS_FILE;
    this.s3 = s3VariablesFrom(values);
    this.webhooks = webhookSettingsFrom(values);
    this.eventStreams = eventStreamSettingsFrom(values);
    this.playback = playbackSettingsFrom(values);
    this.shutdownDrainSeconds = values.SHUTDOWN_DRAIN_SECONDS;
    this.shutdownGraceSeconds = values.SHUTDOWN_GRACE_SECONDS;
    this.security = securityConfiguration(values);
    this.consoleMediaOrigins = values.CONSOLE_MEDIA_ORIGINS;
    this.linkedTools = linkedToolsFrom(values);
    this.changedSettings = changedSettings(environment);
    this.unknownSettings = unknownSettings(Object.keys(environment), Object.keys(environmentSchema.shape));
  }
}

function readReplicaFrom({
  DATABASE_READ_URL: url,
  DATABASE_READ_WAIT_MILLISECONDS: waitMilliseconds,
}: Environment): ReadReplicaSettings | undefined {
  return url === undefined ? undefined : { url, waitMilliseconds };
}

function reconciliationFrom(values: Environment): ReconciliationSettings {
  return {
    intervalSeconds: values.RECONCILE_INTERVAL_SECONDS,
    minimumAgeSeconds: values.RECONCILE_MINIMUM_AGE_SECONDS,
  };
}

function readUrlSeconds(values: Environment): number {
  return values.READ_URL_TIMEOUT_SECONDS ?? Math.max(READ_URL_SECONDS, values.PRESIGNED_URL_TIMEOUT_SECONDS);
}

/** Bytes stay as long as a URL that leads to them, unless that is set. */
function unreferencedGraceSeconds(values: Environment): number {
  return values.UNREFERENCED_OBJECT_GRACE_SECONDS ?? readUrlSeconds(values) + URL_ROUNDING_SECONDS;
}

function s3VariablesFrom(values: Environment): S3Variables | undefined {
  if (values.S3_BUCKET === undefined) return undefined;
  const optional = {
    endpoint: values.S3_ENDPOINT,
    public_endpoint: values.S3_PUBLIC_ENDPOINT,
    region: values.S3_REGION,
    access_key_id: values.S3_ACCESS_KEY_ID,
    secret_access_key: values.S3_SECRET_ACCESS_KEY,
    force_path_style: values.S3_FORCE_PATH_STYLE,
    plain_urls: values.S3_PLAIN_URLS,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { bucket: values.S3_BUCKET, label: values.S3_LABEL ?? 's3', ...given };
}

function linkedToolsFrom(values: Environment): LinkedTools {
  return {
    ...(values.GRAFANA_URL && { grafana: values.GRAFANA_URL }),
    ...(values.JAEGER_URL && { jaeger: values.JAEGER_URL }),
    ...(values.PROMETHEUS_URL && { prometheus: values.PROMETHEUS_URL }),
  };
}

function playbackSettingsFrom(values: Environment): PlaybackSettings {
  return {
    liveWindowSeconds: values.PLAYBACK_LIVE_WINDOW_SECONDS,
    liveHistorySeconds: values.PLAYBACK_LIVE_HISTORY_SECONDS,
    tokenLifetimeSeconds: values.PLAYBACK_TOKEN_LIFETIME_SECONDS,
  };
}
