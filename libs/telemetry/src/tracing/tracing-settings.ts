/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where spans go and how many are kept, as the environment says. */
export interface TracingSettings {
  /** OTLP/HTTP addresses, path included; without any, spans exist for the logs and are not sent. */
  readonly endpoints: readonly string[];
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly sampler: SamplerSetting;
  /** Most spans that wait for the collector. */
  readonly maximumQueue: number;
  readonly maximumBatch: number;
  /** Longest a span waits for others to be sent with. */
  readonly delayMilliseconds: number;
  readonly timeoutMilliseconds: number;
  /** Where log records go; `undefined` unless `OTEL_LOGS_EXPORTER` is `otlp`. */
  readonly logsEndpoint: string | undefined;
  /** What the environment says that is not done as it stands, for the log. */
  readonly warnings: readonly string[];
}

/** Which new traces are sampled; `parentBased` follows an incoming decision. */
export interface SamplerSetting {
  readonly kind: 'always' | 'never' | 'ratio' | 'rate';
  /** Share of the traces (ratio), or traces a second (rate). */
  readonly argument: number;
  readonly parentBased: boolean;
}

/** Traces a second that are sampled when nothing else is said. */
export const DEFAULT_TRACES_PER_SECOND = 50;

/**
 * Reads `OTLP_ENDPOINT`, `JAEGER_ENDPOINT` and the standard `OTEL_*` variables. A value it cannot read counts as absent:
 * telemetry never keeps the server from starting (its own variables are checked with the rest of the configuration).
 */
export function tracingSettingsFrom(environment: Environment): TracingSettings {
  const warnings: string[] = [];
  // Disabled, the SDK exports nothing, and so nobody may say that it does.
  const disabled = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  if (disabled) warnings.push('OTEL_SDK_DISABLED is true: no traces are made, and log lines have no trace_id.');
  const exported = !disabled && environment['OTEL_TRACES_EXPORTER'] !== 'none';
  return {
    warnings,
    logsEndpoint: disabled ? undefined : logsEndpointFrom(environment, warnings),
    endpoints: exported ? endpointsFrom(environment, warnings) : [],
    protocol:
      (environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? environment['OTEL_EXPORTER_OTLP_PROTOCOL']) === 'http/json'
        ? 'http/json'
        : 'http/protobuf',
    sampler: samplerFrom(environment),
    maximumQueue: positive(environment['OTEL_BSP_MAX_QUEUE_SIZE'], 2_048),
    maximumBatch: positive(environment['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], 512),
    delayMilliseconds: positive(environment['OTEL_BSP_SCHEDULE_DELAY'], 2_000),
    timeoutMilliseconds: positive(environment['OTEL_EXPORTER_OTLP_TIMEOUT'], 5_000),
  };
}

/** Ports of Jaeger's own protocols, which current ones no longer speak. */
const OLD_JAEGER_PORT = /:(14268|14250|6831|6832)(?=\/|$)/;

/** `JAEGER_ENDPOINT` as OTLP over HTTP: an old port means the machine, not the protocol. */
function jaegerEndpoint(given: string | undefined, warnings: string[]): string | undefined {
  const port = OLD_JAEGER_PORT.exec(given ?? '')?.[1];
  if (given === undefined || port === undefined) return given;
  const host = given.replace(/^https?:\/\//i, '').split(':', 1)[0] ?? '';
  warnings.push(
    `JAEGER_ENDPOINT ${host}:${port} names a port of Jaeger's own protocol; traces are sent by OTLP to ${host}:4318. Write JAEGER_ENDPOINT=${host}:4318, or OTLP_ENDPOINT=http://${host}:4318/v1/traces.`,
  );
  return `${host}:4318`;
}

function endpointsFrom(environment: Environment, warnings: string[]): string[] {
  const jaeger = jaegerEndpoint(environment['JAEGER_ENDPOINT'], warnings);
  const base = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const candidates = [
    withTracesPath(environment['OTLP_ENDPOINT']),
    withTracesPath(jaeger && !/^https?:/i.test(jaeger) ? `http://${jaeger}` : jaeger),
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ??
      (base ? `${base.replace(/(?<!\/)\/+$/, '')}/v1/traces` : undefined),
  ];
  return [...new Set(candidates.filter((url) => url !== undefined && URL.canParse(url)))] as string[];
}

/** `/v1/logs` of the collector that takes the traces, unless the standard variables name another. */
function logsEndpointFrom(environment: Environment, warnings: string[]): string | undefined {
  if (environment['OTEL_LOGS_EXPORTER'] !== 'otlp') return undefined;
  const base = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const named =
    environment['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'] ??
    (base
      ? `${base.replace(/(?<!\/)\/+$/, '')}/v1/logs`
      : environment['OTLP_ENDPOINT']?.replace(/\/v1\/traces$/, '/v1/logs'));
  if (named && URL.canParse(named)) {
    const url = new URL(named);
    if (url.pathname === '/') url.pathname = '/v1/logs';
    return url.href;
  }
  warnings.push(
    'OTEL_LOGS_EXPORTER is otlp, and no collector is named: set OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT.',
  );
  return undefined;
}

/** The path of OTLP is added where only a host is given. */
function withTracesPath(address: string | undefined): string | undefined {
  if (!address || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

function samplerFrom(environment: Environment): SamplerSetting {
  const name = environment['OTEL_TRACES_SAMPLER'];
  const argument = environment['OTEL_TRACES_SAMPLER_ARG'];
  const parentBased = !name || name.startsWith('parentbased_');
  const ratio = Number(argument ?? 1);
  const share = ratio >= 0 && ratio <= 1 ? ratio : 1;
  const kind = name?.replace('parentbased_', '') ?? '';
  if (kind === 'always_on') return { kind: 'always', argument: 1, parentBased };
  if (kind === 'always_off') return { kind: 'never', argument: 0, parentBased };
  if (kind === 'traceidratio') return { kind: 'ratio', argument: share, parentBased };
  if (argument) return { kind: 'ratio', argument: share, parentBased: true };
  return { kind: 'rate', argument: DEFAULT_TRACES_PER_SECOND, parentBased: true };
}

function positive(text: string | undefined, fallback: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : fallback;
}
