import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CorrelationContext, currentCorrelation, withCorrelation } from '../correlation';
import { logRequest } from '../logging/request-log';
import { maySmuggleSecrets, redactText } from '../logging/redaction';
import { contextFrom, exemplarOf, identityOf, tracer } from '../tracing/spans';
import { RequestCosts } from '../request-costs';
import { Work, type WorkDetails, type WorkSource } from '../work/work';
import { clientAddressOf } from './client-address';
import type { RequestInFlight, RequestsInFlight } from './requests-in-flight';
import { endpointOf, knownMethods, type RouteFigures, type RouteSeries } from './route-figures';

/** Status a request is counted under whose client left before its answer was complete; no such status is ever sent. */
export const CLIENT_ABORT_STATUS = 499;
/** Problem code of bytes that are no HTTP. */
export const MALFORMED_REQUEST = 'malformed-request';
/** What a path may take of a log line. */
const KEPT_PATH_LENGTH = 512;
/** What each text that a client chose may take of a span, in characters. */
const KEPT_ATTRIBUTE_LENGTH = 2_048;

/**
 * One request and its response, from the first hook to the last byte: its span, its figures, its line in the log. It ends
 * exactly once, however the response ends.
 */
export class HttpExchange implements RequestInFlight, WorkSource {
  readonly start = performance.now();
  private readonly costs = new RequestCosts();
  private readonly span: Span;
  private readonly context: Context;
  private readonly correlation: CorrelationContext;
  private readonly work: Work;
  /** Asked while the connection is there: of a client that has left nobody knows the address any more. */
  private readonly client: string;
  private ended = false;
  private streamingSince: number | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly figures: RouteFigures,
    private readonly inFlight: RequestsInFlight,
  ) {
    const { headers, method } = request.raw;
    const parent = contextFrom(headers);
    this.span = tracer().startSpan(method ?? 'HTTP', { kind: SpanKind.SERVER }, parent);
    this.context = trace.setSpan(parent, this.span);
    this.work = new Work('request', this);
    this.correlation = { correlationId: request.id, costs: this.costs, work: this.work };
    this.client = clientAddressOf(request);
    inFlight.add(this);
    // The response's own events and not onResponse: they also come for requests that Fastify refuses before any hook,
    // and for clients that leave after they sent their whole request, which onRequestAbort does not see.
    const { raw } = reply;
    raw.on('finish', () => {
      this.end(raw.statusCode);
    });
    raw.on('close', () => {
      if (this.streamingSince !== undefined && raw.headersSent) this.end(raw.statusCode);
      else this.end(request.problemCode === undefined ? CLIENT_ABORT_STATUS : Math.max(raw.statusCode, 500));
    });
  }

  /** Template of the request's route. */
  get endpoint(): string {
    return endpointOf(this.request.routeOptions.url);
  }

  /** Runs `work`, and all it starts, as part of this exchange. */
  run(work: () => void): void {
    withCorrelation(this.correlation, () => {
      context.with(this.context, work);
    });
  }

  /** Runs `work` as part of this exchange where the context was lost: behind the events of a body being read. */
  resume(work: () => void): void {
    if (currentCorrelation() === this.correlation) work();
    else this.run(work);
  }

  /**
   * Ends a request that turns out to be no HTTP in the middle of its body.
   * @param status what is answered on the bare connection
   * @returns whether the malformed bytes were this request's; false when they came after it
   */
  endMalformed(status: number): boolean {
    if (this.ended || this.request.raw.complete) return false;
    // A response that has begun cannot become another one: it breaks off and is counted when its connection closes.
    if (!this.reply.raw.headersSent) {
      this.request.problemCode = MALFORMED_REQUEST;
      this.end(status);
    }
    return true;
  }

  /** Records what nobody foresaw: the stack is on the span, beside the request it ended. */
  failed(error: Error): void {
    if (this.span.isRecording()) this.span.recordException(error);
  }

  /** What only the request knows, put together when somebody wants to see it. */
  describeWork(): WorkDetails {
    const path = this.keptPath();
    return {
      correlationId: this.request.id,
      traceId: exemplarOf(this.span)?.traceId,
      facts: {
        method: this.request.raw.method,
        route: this.endpoint,
        path: maySmuggleSecrets(path) ? redactText(path) : path,
        client: this.client,
        principal: this.request.principalName,
        flow_id: parameterOf(this.request, 'flowId'),
        source_id: parameterOf(this.request, 'sourceId'),
      },
      failure: this.request.problemCause && redactText(this.request.problemCause),
    };
  }

  /**
   * The answer begins, and has no end of its own: the request counts as answered now, and that its client leaves one day is
   * no failure.
   */
  streams(): void {
    this.streamingSince = performance.now();
    this.inFlight.delete(this);
    this.work.forget();
  }

  /** Names what handles the request. */
  operation(name: string): void {
    if (this.span.isRecording()) this.span.setAttribute('code.function.name', name);
  }

  private end(status: number): void {
    if (this.ended) return;
    this.ended = true;
    this.inFlight.delete(this);
    const milliseconds = (this.streamingSince ?? performance.now()) - this.start;
    const route = this.figures.of(this.request);
    const problem = problemOf(status, this.request.problemCode);
    route.responses(status).add();
    route.duration(status).observe(milliseconds / 1000, exemplarOf(this.span));
    if (problem) route.problems(problem).add();
    if (this.span.isRecording()) this.describeSpan(route, status, problem);
    this.span.end();
    this.log(route, status, milliseconds, problem);
    this.work.end(route.endpoint, { outcome: outcomeOfStatus(status), milliseconds, status, problem });
  }

  private describeSpan(route: RouteSeries, status: number, problem: string | undefined): void {
    const { raw } = this.request;
    const [path = '/', query] = (raw.url ?? '/').split('?', 2).map(kept);
    const method = raw.method ?? 'GET';
    const known = knownMethods.has(method);
    const name = known ? method : 'HTTP';
    if (route.template) this.span.updateName(`${name} ${route.template}`).setAttribute('http.route', route.template);
    else if (!known) this.span.updateName(name);
    if (!known) this.span.setAttribute('http.request.method_original', method);
    this.span.setAttributes({
      'http.request.method': known ? method : '_OTHER',
      'url.scheme': this.request.protocol,
      'url.path': maySmuggleSecrets(path) ? redactText(path) : path,
      'http.response.status_code': status,
      'server.address': this.request.hostname,
      ...(this.request.port !== null && { 'server.port': this.request.port }),
      'client.address': this.client,
      'network.protocol.version': raw.httpVersion,
      'tams.correlation_id': this.request.id,
    });
    this.describeCosts();
    if (query) this.span.setAttribute('url.query', maySmuggleSecrets(query) ? redactText(query) : query);
    const agent = raw.headers['user-agent'];
    if (agent) this.span.setAttribute('user_agent.original', kept(agent));
    if (problem) this.span.setAttribute('tams.problem', problem);
    if (status >= 500) {
      this.span.setAttribute('error.type', problem ?? String(status)).setStatus({ code: SpanStatusCode.ERROR });
    }
  }

  /** What the request was about and what it took, so that traces can be searched for it. */
  private describeCosts(): void {
    const { statements, databaseMilliseconds, storageCalls, storageMilliseconds } = this.costs;
    for (const [parameter, attribute] of Object.entries(searchable)) {
      const value = parameterOf(this.request, parameter);
      if (value) this.span.setAttribute(attribute, value);
    }
    this.span.setAttributes({ 'tams.statements': statements, 'tams.database_ms': thousandths(databaseMilliseconds) });
    if (storageCalls > 0) {
      this.span.setAttributes({
        'tams.storage_calls': storageCalls,
        'tams.storage_ms': thousandths(storageMilliseconds),
      });
    }
  }

  /** The path without its query, as much of it as a line takes. */
  private keptPath(): string {
    const [path = '/'] = (this.request.raw.url ?? '/').split('?', 1);
    return path.length > KEPT_PATH_LENGTH ? path.slice(0, KEPT_PATH_LENGTH) : path;
  }

  private log(route: RouteSeries, status: number, milliseconds: number, problem: string | undefined): void {
    const trace = identityOf(this.span);
    const { raw } = this.request;
    const bytes = this.reply.getHeader('content-length');
    logRequest({
      correlation_id: this.request.id,
      trace_id: trace?.traceId,
      span_id: trace?.spanId,
      method: raw.method,
      route: route.endpoint,
      path: this.keptPath(),
      status,
      duration_ms: thousandths(milliseconds),
      bytes: bytes === undefined ? undefined : Number(bytes),
      client: this.client,
      flow_id: parameterOf(this.request, 'flowId'),
      statements: this.costs.statements,
      database_ms: thousandths(this.costs.databaseMilliseconds),
      storage_ms: this.costs.storageCalls > 0 ? thousandths(this.costs.storageMilliseconds) : undefined,
      principal: this.request.principalName,
      problem,
      cause: this.request.problemCause,
    });
  }
}

/** A text of a client as a span keeps it: cut before it is searched for secrets. */
function kept(text: string): string {
  return text.length > KEPT_ATTRIBUTE_LENGTH ? text.slice(0, KEPT_ATTRIBUTE_LENGTH) : text;
}

/** Parameters of routes by which operators look for traces. */
const searchable: Readonly<Record<string, string>> = {
  flowId: 'tams.flow_id',
  sourceId: 'tams.source_id',
  objectId: 'tams.object_id',
  webhookId: 'tams.webhook_id',
};
/** Longer identifiers are mistakes or attacks. */
const LONGEST_IDENTIFIER = 128;

function parameterOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.params as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' && value.length <= LONGEST_IDENTIFIER ? value : undefined;
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function outcomeOfStatus(status: number): 'success' | 'rejected' | 'error' {
  if (status < 400) return 'success';
  return status < 500 ? 'rejected' : 'error';
}

function problemOf(status: number, code: string | undefined): string | undefined {
  if (status < 400) return undefined;
  return code ?? (status === CLIENT_ABORT_STATUS ? 'client-abort' : `http-${status}`);
}
