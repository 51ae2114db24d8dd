import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AddressPolicy, AddressRefusedError, Configuration, HostResolver, pinnedLookup } from '@tams/platform';
import { Agent } from 'undici';
import { type Answer, OutgoingExchange } from './outgoing-exchange';

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
  private judged: { readonly host: string; readonly refusal: string | undefined } | undefined;

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

  /** The policy never changes, and a webhook's messages all go to the same host. */
  private refusalOf(host: string): string | undefined {
    if (this.judged?.host !== host) this.judged = { host, refusal: this.policy.refusalOfHost(host) };
    return this.judged.refusal;
  }

  private async outcomeOf(request: OutgoingRequest): Promise<Omit<Attempt, 'started' | 'durationMs'>> {
    const refusal = this.refusalOf(request.url.hostname);
    if (refusal !== undefined) return failed('target-refused', refusal);
    const exchange = new OutgoingExchange();
    const giveUp = (): void => {
      exchange.giveUp(new NoAnswerError(this.timeoutMs));
    };
    const limit = setTimeout(giveUp, this.timeoutMs);
    request.signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (request.signal.aborted) giveUp();
      else this.dispatch(request, exchange);
      return outcomeOfAnswer(await exchange.answer);
    } catch (error) {
      return failed(...describe(error));
    } finally {
      clearTimeout(limit);
      request.signal.removeEventListener('abort', giveUp);
    }
  }

  private dispatch({ url, headers, body }: OutgoingRequest, exchange: OutgoingExchange): void {
    const path = `${url.pathname}${url.search}`;
    this.agent.dispatch({ origin: url.origin, path, method: 'POST', headers, body }, exchange);
  }
}

/** Time was up, or who asked for it has no use for it any more. */
class NoAnswerError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1000} s`);
  }
}

function outcomeOfAnswer({ statusCode, retryAfter }: Answer): Omit<Attempt, 'started' | 'durationMs'> {
  if (statusCode >= 200 && statusCode < 300) return { statusCode, failure: undefined, retryAfterMs: undefined };
  const message = `answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? '; redirects are not followed' : ''}`;
  const retryAfterMs = readRetryAfter(retryAfter, Date.now());
  return { statusCode, failure: { type: 'http-status', message }, retryAfterMs };
}

function failed(type: FailureType, message: string): Omit<Attempt, 'started' | 'durationMs'> {
  return { statusCode: undefined, failure: { type, message }, retryAfterMs: undefined };
}

/** What went wrong with a connection, in words, by the code of the error. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not one that is trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not one that is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not one that is trusted',
};

function describe(thrown: unknown): [FailureType, string] {
  // A host with several addresses fails once for each.
  const error = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
  if (error instanceof NoAnswerError) return ['timeout', error.message];
  if (error instanceof AddressRefusedError) return ['target-refused', error.message];
  const { code } = error as { code?: unknown };
  const type = code === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'connection';
  // The error's own words would name addresses, and what stands in certificates, of the network inside.
  const reason = typeof code === 'string' ? (reasons[code] ?? 'the connection failed') : 'the connection failed';
  return [type, typeof code === 'string' ? `${reason} (${code})` : reason];
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
