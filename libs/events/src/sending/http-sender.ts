import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AddressPolicy, AddressRefusedError, Configuration, HostResolver, pinnedLookup } from '@tams/platform';
import { Agent } from 'undici';

/** Most bytes of an answer that are read, and thrown away: a connection is only used again once its answer is read. */
const LONGEST_ANSWER_BYTES = 64 * 1024;
/** How long an idle connection to a receiver is kept. */
const KEEP_ALIVE_MS = 30_000;

/** One POST to a receiver. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Gives up early, for example because another process has taken over. */
  readonly signal: AbortSignal;
}

/** Kinds of failure; they become labels of metrics and types of errors. */
export type FailureType = 'http-status' | 'timeout' | 'connection' | 'target-refused';

/** What came of one attempt. */
export interface Attempt {
  /** When it began. */
  readonly started: Date;
  readonly durationMs: number;
  /** Status of the answer, if there was one. */
  readonly statusCode: number | undefined;
  /** Absent when the receiver took the event (2xx). */
  readonly failure: { readonly type: FailureType; readonly message: string } | undefined;
  /** How long the receiver asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

/**
 * Sends requests to receivers: each address is judged before it is connected to, connections are kept alive, redirects are not
 * followed, and time and answer are bounded.
 */
@Injectable()
export class HttpSender implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly timeoutMs: number;

  constructor(
    configuration: Configuration,
    private readonly policy: AddressPolicy,
    resolver: HostResolver,
  ) {
    this.timeoutMs = configuration.webhooks.timeoutMs;
    this.agent = new Agent({
      connect: { lookup: pinnedLookup(policy, resolver), timeout: this.timeoutMs },
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Comes after the worker has ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Sends once; never rejects. Check `signal.aborted` afterwards: an attempt given up early says nothing of the receiver. */
  async send(request: OutgoingRequest): Promise<Attempt> {
    const started = new Date();
    const start = performance.now();
    const outcome = await this.outcomeOf(request);
    return { started, durationMs: Math.round(performance.now() - start), ...outcome };
  }

  private async outcomeOf(request: OutgoingRequest): Promise<Omit<Attempt, 'started' | 'durationMs'>> {
    const refusal = this.policy.refusalOfHost(request.url.hostname);
    if (refusal !== undefined) return failed('target-refused', refusal);
    const time = new AbortController();
    const stop = (): void => {
      time.abort();
    };
    const timer = setTimeout(stop, this.timeoutMs);
    if (request.signal.aborted) stop();
    request.signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.exchange(request, time.signal);
    } catch (error) {
      if (time.signal.aborted) return failed('timeout', `no answer within ${this.timeoutMs / 1000} s`);
      return failed(...describe(error));
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', stop);
    }
  }

  private async exchange(
    { url, headers, body }: OutgoingRequest,
    signal: AbortSignal,
  ): Promise<Omit<Attempt, 'started' | 'durationMs'>> {
    const answer = await this.agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers,
      body,
      signal,
    });
    const { statusCode } = answer;
    // The status has told all there is to know; an answer that breaks off or never ends changes nothing.
    await answer.body.dump({ limit: LONGEST_ANSWER_BYTES, signal }).catch(() => undefined);
    if (statusCode >= 200 && statusCode < 300) return { statusCode, failure: undefined, retryAfterMs: undefined };
    const message = `answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? '; redirects are not followed' : ''}`;
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
    return { statusCode, failure: { type: 'http-status', message }, retryAfterMs };
  }
}

function failed(type: FailureType, message: string): Omit<Attempt, 'started' | 'durationMs'> {
  return { statusCode: undefined, failure: { type, message }, retryAfterMs: undefined };
}

function describe(thrown: unknown): [FailureType, string] {
  // A host with several addresses fails once for each.
  const error = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
  if (error instanceof AddressRefusedError) return ['target-refused', error.message];
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  const type = code === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'connection';
  return [type, typeof code === 'string' && !text.includes(code) ? `${code}: ${text}` : text];
}

/**
 * Reads `Retry-After`: seconds or a date.
 * @returns milliseconds from now; `undefined` when it is absent or makes no sense
 */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
