import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { OtlpReceiver } from '../telemetry/otlp-receiver';
import { parseSamples } from '../telemetry/scrape';
import type { MeasuredServer } from './processes';

/** What a server's telemetry says of the requests to one endpoint. */
interface EndpointEvidence {
  /** By `tams_http_requests_total`. */
  readonly counted: number;
  /** Lines of the log. */
  readonly logged: number;
  /** Server spans that arrived at the collector. */
  readonly traced: number;
}

/** What a server's telemetry left behind. */
export interface TelemetryEvidence {
  readonly endpoints: Readonly<Record<string, EndpointEvidence>>;
  /** Lines of its output, of any kind. */
  readonly lines: number;
  /** Samples at `/metrics` of the contract's metrics. */
  readonly samples: number;
  /** Samples of `tams_http_*` that were counted; one without labels is there at zero from the start. */
  readonly httpSamples: number;
  /** Whether anything arrived at the collector from it. */
  readonly exported: boolean;
}

/** Reads what the telemetry of a server left behind, and stops the server, so that all of it is written and sent. */
export async function evidenceOf(
  server: MeasuredServer,
  logFile: string,
  receiver: OtlpReceiver,
  endpoints: readonly { readonly endpoint: string }[],
): Promise<TelemetryEvidence> {
  const scrape = parseSamples(await (await fetch(`${server.origin}/metrics`)).text());
  await server.stop();
  const log = await requestsByRoute(logFile);
  const exported = receiver.resources.some((resource) => resource['service.name'] === server.name);
  const of = (endpoint: string): EndpointEvidence => ({
    counted: scrape
      .filter(({ name, labels }) => name === 'tams_http_requests_total' && isGetOf(endpoint, labels))
      .reduce((sum, { value }) => sum + value, 0),
    logged: log.byRoute.get(endpoint) ?? 0,
    traced: exported ? receiver.spans.filter(({ name, kind }) => kind === 2 && name === `GET ${endpoint}`).length : 0,
  });
  const named = (prefix: string): typeof scrape => scrape.filter(({ name }) => name.startsWith(prefix));
  return {
    endpoints: Object.fromEntries(endpoints.map(({ endpoint }) => [endpoint, of(endpoint)])),
    lines: log.lines,
    samples: named('tams_').length,
    httpSamples: named('tams_http_').filter(({ value }) => value > 0).length,
    exported,
  };
}

function isGetOf(endpoint: string, labels: Readonly<Record<string, string>>): boolean {
  return labels['method'] === 'GET' && labels['endpoint'] === endpoint;
}

/** Every line must be JSON. */
async function requestsByRoute(logFile: string): Promise<{ byRoute: Map<string, number>; lines: number }> {
  const byRoute = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(logFile) })) {
    lines += 1;
    const { msg, method, route } = JSON.parse(line) as Record<string, string>;
    if (msg === 'request' && method === 'GET' && route) byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
  }
  return { byRoute, lines };
}

/**
 * @param sent requests by endpoint
 * @throws {Error} when the server with telemetry did not count, log and trace them
 */
export function requireShipped({ endpoints }: TelemetryEvidence, sent: Readonly<Record<string, number>>): void {
  for (const [endpoint, { counted, logged, traced }] of Object.entries(endpoints)) {
    const expected = sent[endpoint] ?? 0;
    if (counted !== expected || logged !== expected || traced === 0 || traced > expected) {
      throw new Error(
        `${endpoint}: ${expected} requests were sent, but ${counted} counted, ${logged} logged and ${traced} traced.`,
      );
    }
  }
}

/** @throws {Error} when the server without telemetry left a trace of any */
export function requireStubbed({ lines, httpSamples, exported }: TelemetryEvidence): void {
  if (lines > 0 || httpSamples > 0 || exported)
    throw new Error(
      `Not stubbed: ${lines} log lines, ${httpSamples} HTTP samples, spans ${exported ? 'came' : 'did not come'}.`,
    );
}
