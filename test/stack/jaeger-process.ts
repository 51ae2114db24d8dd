import { type Child, freePort, poll, startChild } from './child';

/** A span as Jaeger's query API gives it. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly {
    readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
    readonly traceID: string;
    readonly spanID: string;
  }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly processID: string;
}

/** A trace as Jaeger's query API gives it. */
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** A Jaeger that runs as docker-compose.yml runs it: all in one, in memory; only its addresses are the test's own. */
export class Jaeger {
  private constructor(
    private readonly child: Child,
    /** Its user interface and its query API, which Grafana asks. */
    readonly url: string,
    /** Where it takes OTLP over HTTP, without a path. */
    readonly otlpUrl: string,
  ) {}

  /** @param otlp port at which it takes OTLP over HTTP; a free one unless somebody has been told already */
  static async start(program: string, otlp?: number): Promise<Jaeger> {
    otlp ??= await freePort();
    const [query, queryGrpc, otlpGrpc] = await Promise.all([freePort(), freePort(), freePort()]);
    const url = `http://127.0.0.1:${query}`;
    const settings = {
      'extensions.jaeger_query.http.endpoint': `127.0.0.1:${query}`,
      'extensions.jaeger_query.grpc.endpoint': `127.0.0.1:${queryGrpc}`,
      'receivers.otlp.protocols.http.endpoint': `127.0.0.1:${otlp}`,
      'receivers.otlp.protocols.grpc.endpoint': `127.0.0.1:${otlpGrpc}`,
      // What else listens has fixed ports, which another test may hold.
      'service.extensions': '[jaeger_storage, jaeger_query]',
      'service.pipelines.traces.receivers': '[otlp]',
      'service.telemetry.metrics.level': 'none',
    };
    const child = await startChild({
      program,
      arguments: Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
      readyUrl: `${url}/api/services`,
    });
    return new Jaeger(child, url, `http://127.0.0.1:${otlp}`);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  /** What its query API answers. @param path with its leading slash */
  async get<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`);
    const { data } = (await response.json()) as { data: Answer };
    return data;
  }

  /** Waits for a trace that is complete as somebody understands it: spans leave in batches, a few seconds later. */
  async trace(traceId: string, complete: (trace: JaegerTrace) => boolean): Promise<JaegerTrace> {
    let last: JaegerTrace | undefined;
    return poll(`trace ${traceId} at Jaeger`, 60_000, async () => {
      [last] = (await this.get<JaegerTrace[] | null>(`/api/traces/${traceId}`)) ?? [];
      return last && complete(last) && last;
    }).catch((error: unknown) => {
      const seen = last ? outlineOf(last).join('\n') : 'nothing';
      throw new Error(`${(error as Error).message} It has:\n${seen}`, { cause: error });
    });
  }

  /** Waits for traces with these tags, as its search finds them. */
  async search(service: string, tags: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]> {
    const query = new URLSearchParams({ service, tags: JSON.stringify(tags), lookback: '1h', limit: '20' });
    return poll(`traces with ${JSON.stringify(tags)}`, 60_000, async () => {
      const found = await this.get<JaegerTrace[] | null>(`/api/traces?${query.toString()}`);
      return found !== null && found.length > 0 && found;
    });
  }
}

/** The value of a span's tag. */
export function tagOf(span: JaegerSpan, key: string): unknown {
  return span.tags.find((tag) => tag.key === key)?.value;
}

/** `parent > name` of each span; a parent that the trace lacks is `?`. */
export function outlineOf({ spans }: JaegerTrace): string[] {
  const names = new Map(spans.map((span) => [span.spanID, span.operationName]));
  return spans.map((span) => {
    const parent = span.references.find(({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID);
    return `${parent ? (names.get(parent.spanID) ?? '?') : ''} > ${span.operationName}`;
  });
}
