import { setTimeout as delay } from 'node:timers/promises';
import { Failure, reasonOf } from '@tams/media';
import { whileItComes } from '../while-it-comes';

/** How often and how patiently a failed request is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  attempts: number;
  /** Milliseconds before the second try; each further wait doubles. */
  firstDelay: number;
}

/** Four tries within about four seconds. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstDelay: 500 };

/** Milliseconds that a call of the API, or silence in the middle of a transfer, may last. */
export const REQUEST_TIMEOUT = 30_000;

const LONGEST_DELAY = 30_000;

/** A request that got no good answer: the server's refusal, or no answer at all (`status` undefined). */
export class HttpFailure extends Failure {
  constructor(
    message: string,
    readonly status: number | undefined,
    options: { next?: string; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message, options);
    this.name = 'HttpFailure';
    this.retryAfter = options.retryAfter;
  }

  /** Milliseconds the server asks to wait. */
  readonly retryAfter: number | undefined;

  /** Whether the same request may succeed later: no answer, overload, or a fault of the server. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Runs a request again, with growing pauses, while it fails for a passing reason. */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  request: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      signal?.throwIfAborted();
      return await request(attempt);
    } catch (error) {
      if (signal?.aborted || !(error instanceof HttpFailure) || !error.isPassing || attempt >= policy.attempts)
        throw error;
      const wait = error.retryAfter ?? policy.firstDelay * 2 ** (attempt - 1);
      await delay(Math.min(wait, LONGEST_DELAY), undefined, signal ? { signal } : {});
    }
  }
}

/** A failure for a request that was never answered. */
export function unanswered(method: string, url: string, error: unknown): HttpFailure {
  return new HttpFailure(`${method} ${withoutSecrets(url)} got no answer: ${reasonOf(error)}`, undefined, {
    cause: error,
    next: 'Is the server running and the URL right? Start one with: npm start',
  });
}

/** A failure for a request that a server sends elsewhere: what changes something is sent to the address that was given. */
export function redirected(method: string, url: string, location: URL, status: number): HttpFailure {
  const { origin } = location;
  return new HttpFailure(`${method} ${withoutSecrets(url)} is redirected to ${origin}`, status, {
    next: `Give the address of the TAMS server itself, perhaps: --url ${origin}`,
  });
}

/**
 * The bytes of an answer. Silence longer than the time limit ends it.
 * @param abort of the request
 */
export async function* bodyOf(response: Response, abort: AbortController): AsyncGenerator<Uint8Array> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  if (!body) return;
  yield* whileItComes(body, REQUEST_TIMEOUT, (reason) => {
    abort.abort(reason);
  });
}

/**
 * Where the bytes of a part (206) begin, which a cache may have chosen otherwise than it was asked.
 * @param asked for the bytes from here on
 * @throws Error where it begins later; one that says nothing of it is believed to be what was asked for
 */
export function startOfPart(response: Response, asked: number): number {
  const range = response.headers.get('content-range');
  const start = Number(/^bytes (\d+)-/.exec(range ?? '')?.[1] ?? asked);
  if (start <= asked) return start;
  throw new Error(`it sent ${String(range)} for the bytes from ${asked} on`);
}

/** A failure for an answer that is not a success, with what its body says. */
export function refused(
  method: string,
  url: string,
  answer: { status: number; body: string; retryAfter?: string | null },
): HttpFailure {
  const detail = explanationIn(answer.body);
  const seconds = Number(answer.retryAfter ?? Number.NaN);
  return new HttpFailure(
    `${method} ${withoutSecrets(url)} answered ${answer.status}${detail && `: ${detail}`}`,
    answer.status,
    {
      ...(answer.status === 401 || answer.status === 403
        ? { next: 'Give credentials that may do this: set TAMS_TOKEN to a bearer token' }
        : {}),
      ...(Number.isFinite(seconds) ? { retryAfter: seconds * 1000 } : {}),
    },
  );
}

/** The URL without user name, password and query, which may carry a signature or a token. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '(malformed URL)';
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search && '?…'}`;
}

/** What an error body says: problem details (RFC 9457), the specification's own error, S3's XML, or plain text. */
function explanationIn(body: string): string {
  const xml = /<Code>([^<]*)<\/Code>(?:[^]*?<Message>([^<]*)<\/Message>)?/.exec(body);
  if (xml) return [xml[1], xml[2]].filter(Boolean).join(': ');
  const problem = parseObject(body);
  if (!problem) return body.startsWith('<') ? '' : body.trim().slice(0, 300);
  const summary = [problem['detail'], problem['message'], problem['summary'], problem['title']].find(
    (text) => typeof text === 'string',
  );
  const errors = Array.isArray(problem['errors']) ? problem['errors'].map(fieldError) : [];
  const further = errors.filter((text) => typeof summary !== 'string' || !summary.includes(text));
  const id = typeof problem['correlation_id'] === 'string' ? `(correlation id ${problem['correlation_id']})` : '';
  return [summary, ...further.map((text) => `[${text}]`), id].filter(Boolean).join(' ');
}

function fieldError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { path, message } = error as { path?: unknown; message?: unknown };
  return `${typeof path === 'string' ? path : '?'}: ${typeof message === 'string' ? message : '?'}`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
