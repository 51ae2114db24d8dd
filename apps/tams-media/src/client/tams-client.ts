import {
  type FailedSegment,
  Failure,
  type Flow,
  type FlowSegment,
  type MediaObject,
  type NewSegment,
  type Service,
  type StoredObject,
} from '@tams/media';
import {
  DEFAULT_RETRY,
  HttpFailure,
  REQUEST_TIMEOUT,
  redirected,
  refused,
  unanswered,
  withRetries,
  type RetryPolicy,
} from './http-request';
import { nextPage } from './link-header';

/** Where the server is and how to speak to it. */
export interface TamsClientOptions {
  /** Base URL of the API, for example `http://localhost:8000`; may carry a user name and a password. */
  url: string;
  /** Bearer token; never printed. */
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  retry?: RetryPolicy | undefined;
}

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * The few calls of the TAMS API 8.2 that moving media takes. Every call has a timeout, is tried again for passing
 * faults, and fails with an {@link HttpFailure} that names the URL, the status and the server's explanation.
 */
export class TamsClient {
  /** Base URL without credentials and without a slash at its end; fit to be printed. */
  readonly url: string;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal | undefined;
  private readonly authorization: string | undefined;

  constructor(private readonly options: TamsClientOptions) {
    if (!URL.canParse(options.url) || !/^https?:/.test(options.url)) {
      throw new Failure('The URL of the server is not an http(s) URL', {
        next: 'Give one like --url http://localhost:8000',
      });
    }
    const url = new URL(options.url);
    const basic = url.username && `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const token = options.token && `Bearer ${options.token}`;
    this.authorization = token || (basic && `Basic ${Buffer.from(basic).toString('base64')}`) || undefined;
    this.url = `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
    this.retry = options.retry ?? DEFAULT_RETRY;
    this.signal = options.signal;
  }

  /** The same client, but a request is tried once only; `signal` may be left out for the last words after an interruption. */
  tryingOnce(signal: AbortSignal | undefined): TamsClient {
    return new TamsClient({ ...this.options, signal, retry: { ...this.retry, attempts: 1 } });
  }

  /** `GET /service`. */
  async service(): Promise<Service> {
    return JSON.parse((await this.call('GET', `${this.url}/service`)).body) as Service;
  }

  /** `GET /flows/{id}`; undefined where there is no such Flow. */
  async flow(id: string): Promise<Flow | undefined> {
    try {
      const url = `${this.flowUrl(id)}?include_timerange=true`;
      return JSON.parse((await this.call('GET', url)).body) as Flow;
    } catch (error) {
      if (error instanceof HttpFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /** `GET /flows` with a query; the first page, which is enough for the Flows of one Source. */
  async flows(query: Record<string, string>): Promise<Flow[]> {
    return JSON.parse(
      (await this.call('GET', `${this.url}/flows?${new URLSearchParams(query).toString()}`)).body,
    ) as Flow[];
  }

  /** `GET /objects/{id}`; undefined where there is no such object. */
  async object(id: string): Promise<StoredObject | undefined> {
    try {
      return JSON.parse((await this.call('GET', `${this.url}/objects/${encodeURIComponent(id)}`)).body) as StoredObject;
    } catch (error) {
      if (error instanceof HttpFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /** `PUT /flows/{id}`: creates or replaces. */
  async putFlow(flow: Flow): Promise<void> {
    await this.call('PUT', this.flowUrl(flow.id), flow);
  }

  /** `DELETE /flows/{id}`. */
  async deleteFlow(id: string): Promise<void> {
    await this.call('DELETE', this.flowUrl(id));
  }

  /** `POST /flows/{id}/storage`: places for up to `count` objects; the server may give fewer, but not none. */
  async allocate(flowId: string, count: number): Promise<MediaObject[]> {
    const url = `${this.flowUrl(flowId)}/storage`;
    const answer = JSON.parse((await this.call('POST', url, { limit: count })).body) as {
      media_objects?: MediaObject[];
    };
    const objects = answer.media_objects ?? [];
    if (objects.length === 0)
      throw new Failure(`POST ${url} allocated no storage`, { next: 'Look into the log of the server.' });
    return objects.slice(0, count);
  }

  /**
   * `POST /flows/{id}/segments` with a batch. Where no answer came back, the batch may or may not be registered:
   * what the server already lists is not sent again.
   * @returns the segments that the server refused
   */
  async register(flowId: string, segments: NewSegment[]): Promise<FailedSegment[]> {
    let missing = segments;
    return withRetries(this.retry, this.signal, async (attempt) => {
      if (attempt > 1) missing = await this.notYetRegistered(flowId, segments);
      if (missing.length === 0) return [];
      const answer = await this.callOnce('POST', `${this.flowUrl(flowId)}/segments`, missing);
      if (answer.status !== 200) return [];
      return (JSON.parse(answer.body) as { failed_segments?: FailedSegment[] }).failed_segments ?? [];
    });
  }

  /** Pages of `GET /flows/{id}/segments`, in time order, following `Link: rel="next"`. */
  async *segmentPages(flowId: string, query: Record<string, string> = {}): AsyncGenerator<FlowSegment[]> {
    let url: string | undefined = `${this.flowUrl(flowId)}/segments?${new URLSearchParams(query).toString()}`;
    const seen = new Set<string>();
    while (url !== undefined && !seen.has(url)) {
      seen.add(url);
      const answer: Answer = await this.call('GET', url);
      yield JSON.parse(answer.body) as FlowSegment[];
      url = nextPage(answer.headers.get('link'), url);
    }
  }

  /**
   * Where players of HLS find a Flow or a Source, on servers that have such addresses: TAMS itself has none.
   * @param timerange what is played of it; absent for all
   * @returns a URL that plays, without credentials; `undefined` where nothing can be played
   */
  async playbackUrl(id: string, timerange?: string): Promise<string | undefined> {
    for (const kind of ['flows', 'sources']) {
      const url = new URL(`${this.url}/${kind}/${encodeURIComponent(id)}/output.m3u8`);
      if (timerange !== undefined) url.searchParams.set('timerange', timerange);
      const asked = new URL(url);
      // Asking for a live playlist would begin one.
      asked.searchParams.set('type', 'vod');
      try {
        await this.callOnce('HEAD', asked.href);
        return url.href;
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
      }
    }
    return undefined;
  }

  /** The credentials for a URL: for the API's own origin, never for another and never beside a signature in the URL. */
  credentialsFor(url: string, presigned = false): Record<string, string> {
    const own = !presigned && new URL(url).origin === new URL(this.url).origin;
    return own && this.authorization ? { authorization: this.authorization } : {};
  }

  private flowUrl(id: string): string {
    return `${this.url}/flows/${encodeURIComponent(id)}`;
  }

  private async notYetRegistered(flowId: string, segments: NewSegment[]): Promise<NewSegment[]> {
    const first = segments[0]?.timerange.split('_')[0];
    const last = segments.at(-1)?.timerange.split('_')[1];
    const registered = new Set<string>();
    for await (const page of this.segmentPages(flowId, {
      timerange: `${first ?? ''}_${last ?? ''}`,
      accept_get_urls: '',
    })) {
      for (const segment of page) registered.add(segment.object_id);
    }
    return segments.filter((segment) => !registered.has(segment.object_id));
  }

  private call(method: string, url: string, body?: unknown): Promise<Answer> {
    return withRetries(this.retry, this.signal, () => this.callOnce(method, url, body));
  }

  private async callOnce(method: string, url: string, body?: unknown): Promise<Answer> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
    let answer: Answer;
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...this.credentialsFor(url),
        },
        body: body === undefined ? null : JSON.stringify(body),
        // A redirect would make a GET of a POST, which asks for something else and succeeds.
        redirect: ['GET', 'HEAD'].includes(method) ? 'follow' : 'manual',
        signal: this.signal ? AbortSignal.any([timeout, this.signal]) : timeout,
      });
      answer = { status: response.status, headers: response.headers, body: await response.text() };
    } catch (error) {
      this.signal?.throwIfAborted();
      throw unanswered(method, url, error);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location !== null)
      throw redirected(method, url, new URL(location, url), answer.status);
    throw refused(method, url, { ...answer, retryAfter: answer.headers.get('retry-after') });
  }
}
