import { logLevels } from '@tams/telemetry';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { addressesOf, targetOf } from '../database/database-addresses';
import { hostList } from './host-list';
import { securityEnvironment, securityMistakes } from './security.schema';
import { choice, emptyIsAbsent, httpUrl, integer, optionalBoolean, optionalInteger, text } from './setting-kinds';

/** A server that writes has no use for a standby: what libpq's other values ask for. */
const PRIMARIES = [undefined, 'read-write', 'primary'];

const postgresUrl = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .refine((url) => addressesOf(url).length > 0, 'must be a postgres:// URL')
      .refine((url) => PRIMARIES.includes(targetOf(url)), 'must have read-write or primary as target_session_attrs')
      .optional(),
  );

/** One host: which of several a connection leads to is for a balancer to say. */
const readUrl = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .refine((url) => addressesOf(url).length === 1, 'must be a postgres:// URL with one host')
      .optional(),
  );

const originList = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .default('')
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .transform((origins) => origins.filter((origin) => origin !== ''))
      .refine(
        (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
        'must be a comma list of origins such as https://media.example',
      ),
  );

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** Proxies that are believed: all (`true`), so many before this server, or those at these addresses. */
const trustProxy = z.preprocess(
  emptyIsAbsent,
  z
    .string()
    .transform((value): boolean | number | string => {
      if (value === 'true' || value === 'false') return value === 'true';
      return /^\d{1,2}$/.test(value) ? Number(value) : value;
    })
    .refine(
      (value) =>
        typeof value !== 'string' ||
        value
          .split(',')
          .map((entry) => entry.trim())
          .every((entry) => PROXY_NAMES.includes(entry) || ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry)),
      'must be the number of proxies in front of this server, or their addresses and CIDRs, or true',
    )
    .optional(),
);

/**
 * Every environment variable the server reads. `docs/configuration.md` describes the same list for people; a test keeps
 * the two together.
 */
export const environmentSchema = z
  .object({
    PORT: integer(8000, 0, 65_535),
    HOST: z.preprocess(emptyIsAbsent, z.string().default('127.0.0.1')),
    DATA_DIR: z.preprocess(emptyIsAbsent, z.string().default('./data')),
    DATABASE_URL: postgresUrl(),
    DATABASE_DIRECT_URL: postgresUrl(),
    DATABASE_READ_URL: readUrl(),
    DATABASE_READ_WAIT_MILLISECONDS: integer(50, 0, 10_000),
    DATABASE_POOL_SIZE: integer(20, 2, 500),
    DATABASE_STATEMENT_TIMEOUT_SECONDS: integer(30, 1, 3600),
    ALLOW_NEWER_DATABASE: choice('false', ['true', 'false']),
    JOB_WORKERS: choice('true', ['true', 'false']),
    JOB_POOL_SIZE: integer(3, 1, 50),
    JOB_HEARTBEAT_SECONDS: integer(15, 10, 3600),
    JOB_STOP_GRACE_SECONDS: integer(10, 1, 600),
    PUBLIC_BASE_URL: httpUrl(),
    CONSOLE_MEDIA_ORIGINS: originList(),
    TRUST_PROXY: trustProxy,
    LOG_LEVEL: choice('info', logLevels),
    LOG_FORMAT: choice('auto', ['auto', 'json', 'pretty']),
    TAMS_ENV: choice('development', ['development', 'production']),
    SERVICE_NAME: text(),
    SERVICE_DESCRIPTION: text(),
    MAX_BODY_BYTES: integer(16 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
    MAX_DOCUMENT_BYTES: integer(256 * 1024, 4096, 64 * 1024 * 1024),
    MIN_OBJECT_TIMEOUT_SECONDS: integer(600, 300, 7 * 86_400),
    PRESIGNED_URL_TIMEOUT_SECONDS: integer(600, 30, 7 * 86_400),
    READ_URL_TIMEOUT_SECONDS: optionalInteger(30, 7 * 86_400 - 60),
    OBJECT_TIMEOUT_GRACE_SECONDS: integer(60, 0, 86_400),
    UNREFERENCED_OBJECT_GRACE_SECONDS: optionalInteger(0, 30 * 86_400),
    OBJECT_COLLECTION_INTERVAL_SECONDS: integer(30, 1, 86_400),
    DELETE_REQUEST_LIFETIME_SECONDS: integer(86_400, 1, 365 * 86_400),
    COPY_SOURCE_ALLOWED_HOSTS: z.preprocess(emptyIsAbsent, hostList.default([])),
    COPY_SOURCE_MAX_BYTES: integer(100 * 1024 ** 3, 1, Number.MAX_SAFE_INTEGER),
    COPY_SOURCE_MIN_BYTES_PER_SECOND: integer(10_000, 0, Number.MAX_SAFE_INTEGER),
    COPIES_PER_PRINCIPAL: integer(1000, 0, 1_000_000),
    OBJECT_SIZE_INTERVAL_SECONDS: integer(60, 1, 86_400),
    RECONCILE_INTERVAL_SECONDS: integer(86_400, 0, 30 * 86_400),
    RECONCILE_MINIMUM_AGE_SECONDS: integer(3600, 0, 365 * 86_400),
    RETENTION_INTERVAL_SECONDS: integer(60, 0, 86_400),
    EMPTY_FLOW_RETENTION_SECONDS: integer(0, 0, 10 * 365 * 86_400),
    MAX_OBJECT_BYTES: integer(100 * 1024 ** 3, 1, Number.MAX_SAFE_INTEGER),
    STORAGE_MIN_FREE_BYTES: integer(2_000_000_000, 0, Number.MAX_SAFE_INTEGER),
    STORAGE_MIN_FREE_PERCENT: integer(5, 0, 90),
    STORAGE_BACKENDS_FILE: text(),
    S3_BUCKET: text(),
    S3_ENDPOINT: httpUrl(),
    S3_PUBLIC_ENDPOINT: httpUrl(),
    S3_REGION: text(),
    S3_ACCESS_KEY_ID: text(),
    S3_SECRET_ACCESS_KEY: text(),
    S3_FORCE_PATH_STYLE: optionalBoolean(),
    S3_PLAIN_URLS: text(),
    S3_LABEL: text(),
    WEBHOOK_ALLOWED_HOSTS: z.preprocess(emptyIsAbsent, hostList.optional()),
    WEBHOOK_CONCURRENCY: integer(100, 0, 1000),
    WEBHOOK_LEASE_SECONDS: integer(5, 1, 300),
    WEBHOOK_TIMEOUT_SECONDS: integer(10, 1, 300),
    WEBHOOK_RETRY_FIRST_MILLISECONDS: integer(1000, 1, 60_000),
    WEBHOOK_RETRY_LONGEST_SECONDS: integer(900, 1, 86_400),
    WEBHOOK_RETRY_BUDGET_SECONDS: integer(86_400, 1, 30 * 86_400),
    WEBHOOK_RETENTION_HOURS: integer(168, 1, 365 * 24),
    WEBHOOKS_PER_PRINCIPAL: integer(500, 0, 1_000_000),
    EVENT_STREAM_LIMIT: integer(2000, 0, 100_000),
    EVENT_STREAM_SECONDS: integer(900, 1, 86_400),
    EVENT_STREAM_RESUME_SECONDS: integer(3600, 10, 7 * 86_400),
    PLAYBACK_LIVE_WINDOW_SECONDS: integer(300, 6, 86_400),
    PLAYBACK_LIVE_HISTORY_SECONDS: integer(3600, 6, 86_400),
    PLAYBACK_TOKEN_LIFETIME_SECONDS: integer(43_200, 60, 30 * 86_400),
    OTLP_ENDPOINT: httpUrl(),
    JAEGER_ENDPOINT: text(),
    GRAFANA_URL: httpUrl(),
    JAEGER_URL: httpUrl(),
    PROMETHEUS_URL: httpUrl(),
    SHUTDOWN_DRAIN_SECONDS: integer(3, 0, 300),
    SHUTDOWN_GRACE_SECONDS: integer(25, 1, 3600),
    ...securityEnvironment,
  })
  .refine((environment) => environment.DATABASE_DIRECT_URL === undefined || environment.DATABASE_URL !== undefined, {
    path: ['DATABASE_DIRECT_URL'],
    message: 'means nothing without DATABASE_URL',
  })
  .refine((environment) => environment.DATABASE_READ_URL === undefined || environment.DATABASE_URL !== undefined, {
    path: ['DATABASE_READ_URL'],
    message: 'means nothing without DATABASE_URL',
  })
  .refine((environment) => environment.PRESIGNED_URL_TIMEOUT_SECONDS <= environment.MIN_OBJECT_TIMEOUT_SECONDS, {
    path: ['PRESIGNED_URL_TIMEOUT_SECONDS'],
    message: 'must not exceed MIN_OBJECT_TIMEOUT_SECONDS: an upload URL would outlive its object',
  })
  .refine(
    ({ READ_URL_TIMEOUT_SECONDS: read, PRESIGNED_URL_TIMEOUT_SECONDS: every }) => read === undefined || read >= every,
    {
      path: ['READ_URL_TIMEOUT_SECONDS'],
      message: 'must not be shorter than PRESIGNED_URL_TIMEOUT_SECONDS, which GET /service promises of every URL',
    },
  )
  .refine((environment) => !environment.S3_BUCKET || !environment.STORAGE_BACKENDS_FILE, {
    path: ['S3_BUCKET'],
    message: 'must not be set together with STORAGE_BACKENDS_FILE: list the bucket in the file',
  })
  .superRefine((environment, context) => {
    for (const [name, value] of Object.entries(environment)) {
      if (!name.startsWith('S3_') || name === 'S3_BUCKET' || value === undefined || environment.S3_BUCKET) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'means nothing without S3_BUCKET' });
    }
  })
  .superRefine((environment, context) => {
    for (const [variable, message] of securityMistakes(environment))
      context.addIssue({ code: 'custom', path: [variable], message });
  })
  .refine((environment) => environment.PLAYBACK_LIVE_WINDOW_SECONDS <= environment.PLAYBACK_LIVE_HISTORY_SECONDS, {
    path: ['PLAYBACK_LIVE_HISTORY_SECONDS'],
    message: 'must not be shorter than PLAYBACK_LIVE_WINDOW_SECONDS',
  })
  .refine((environment) => environment.WEBHOOK_RETRY_BUDGET_SECONDS <= environment.WEBHOOK_RETENTION_HOURS * 3600, {
    path: ['WEBHOOK_RETENTION_HOURS'],
    message:
      'must not be shorter than WEBHOOK_RETRY_BUDGET_SECONDS: events would be dropped while they are still tried',
  });

export type Environment = z.output<typeof environmentSchema>;
