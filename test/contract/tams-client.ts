import { request as httpRequest } from 'node:http';
import { contractChecker, type ContractChecker } from './contract-checker';
import { mediaType, readJson, type Exchange } from './exchange';

/** Query parameters; a list is sent comma-separated, undefined leaves the parameter out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What a request may say beyond its path. */
export interface RequestOptions {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Media type of the body, default `application/json`; null sends none. For deliberately wrong requests. */
  readonly contentType?: string | null;
  /** Body sent exactly as it is instead of JSON. For deliberately malformed requests. */
  readonly rawBody?: string | Uint8Array;
  /** false keeps the exchange from the contract checker. Never needed for an ordinary 4xx. */
  readonly check?: boolean;
}

/** Options of a HEAD. */
export interface HeadOptions extends RequestOptions {
  /** false leaves out the GET that follows every HEAD to compare their headers (e.g. where requests are counted). */
  readonly compareWithGet?: boolean;
}

/** A request written as it should go over the wire, for paths that `fetch` would tidy (`..`, `%2e%2e`, a backslash). */
export interface RawRequest {
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly check?: boolean;
}

/** An answer. */
export interface TamsResponse<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when JSON, the text when it is text, undefined when there is none; other media: see `bytes`. */
  readonly body: Body;
  /** The body as it came. */
  readonly bytes: Buffer;
}

/** How a client is set up. */
export interface TamsClientOptions {
  /** Default: the checker of this process where the specification is present; null for none. */
  readonly checker?: ContractChecker | null;
  /** `PUBLIC_BASE_URL` of the server when it is not `baseUrl`: `next` asks links below it of `baseUrl`. */
  readonly publicBaseUrl?: string;
  /** Sent with every request, e.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * HTTP client of the tests: every exchange is held against the TAMS specification where that is present,
 * and a breach fails the test with all its reasons (ContractViolation).
 *
 * ```ts
 * const client = new TamsClient('http://127.0.0.1:8000');
 * const flows = await client.get<Flow[]>('/flows', { query: { limit: 2, 'tag.quality': ['full', 'proxy'] } });
 * const rest = await client.next<Flow[]>(flows);
 * ```
 */
export class TamsClient {
  private readonly checker: ContractChecker | undefined;

  /** @param baseUrl root of the API without trailing slash, e.g. `http://127.0.0.1:8000` */
  constructor(
    readonly baseUrl: string,
    private readonly options: TamsClientOptions = {},
  ) {
    this.checker = options.checker === null ? undefined : (options.checker ?? contractChecker());
  }

  /** GET. */
  get<Body = unknown>(path: string, options: RequestOptions = {}): Promise<TamsResponse<Body>> {
    return this.send('GET', path, undefined, options);
  }

  /** HEAD, and (unless told otherwise) the GET its headers must agree with. */
  async head(path: string, options: HeadOptions = {}): Promise<TamsResponse<undefined>> {
    const exchange = await this.exchange('HEAD', path, undefined, options);
    if (this.checker && options.check !== false && options.compareWithGet !== false) {
      this.checker.checkHead(exchange.record, (await this.exchange('GET', path, undefined, options)).record);
    }
    return read<undefined>(exchange);
  }

  /** PUT with a JSON body; `undefined` sends none. */
  put<Body = unknown>(path: string, body?: unknown, options: RequestOptions = {}): Promise<TamsResponse<Body>> {
    return this.send('PUT', path, body, options);
  }

  /** POST with a JSON body; `undefined` sends none. */
  post<Body = unknown>(path: string, body?: unknown, options: RequestOptions = {}): Promise<TamsResponse<Body>> {
    return this.send('POST', path, body, options);
  }

  /** DELETE. */
  delete<Body = unknown>(path: string, options: RequestOptions = {}): Promise<TamsResponse<Body>> {
    return this.send('DELETE', path, undefined, options);
  }

  /** Any other method, e.g. PATCH or OPTIONS. */
  async send<Body = unknown>(
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions = {},
  ): Promise<TamsResponse<Body>> {
    return read(await this.exchange(method, path, body, options));
  }

  /** The page a listing's `Link` leads to, asked of this server whatever its public URL; undefined on the last page. */
  async next<Body = unknown>(page: TamsResponse<unknown>): Promise<TamsResponse<Body> | undefined> {
    const target = /^<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    return target === undefined ? undefined : this.get<Body>(this.pathOf(target));
  }

  /** Every page of a listing, one after the other. */
  async *pages<Body = unknown>(path: string, options: RequestOptions = {}): AsyncGenerator<TamsResponse<Body>> {
    let page: TamsResponse<Body> | undefined = await this.get<Body>(path, options);
    while (page) {
      yield page;
      page = await this.next<Body>(page);
    }
  }

  /** Sends a request whose path must reach the server as it is written, by node:http instead of fetch. */
  async raw<Body = unknown>(request: RawRequest): Promise<TamsResponse<Body>> {
    const headers = new Headers({ ...this.options.headers, ...request.headers });
    const received = await sendRaw(this.baseUrl, request, headers);
    const record: Exchange = {
      method: request.method,
      target: request.path,
      requestHeaders: headers,
      requestText: Buffer.from(request.body ?? '').toString(),
      status: received.status,
      headers: received.headers,
      text: received.bytes.toString(),
    };
    if (request.check !== false) this.checker?.check(record);
    return read({ record, bytes: received.bytes });
  }

  private async exchange(
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions,
  ): Promise<CheckedExchange> {
    const url = new URL(this.baseUrl + this.pathOf(path));
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.append(name, Array.isArray(value) ? value.join(',') : String(value));
    }
    const headers = new Headers({ ...this.options.headers, ...options.headers });
    const bytes = requestBytes(body, options.rawBody);
    const contentType = options.contentType === undefined ? 'application/json' : options.contentType;
    if (bytes && contentType !== null && !headers.has('content-type')) headers.set('content-type', contentType);

    const response = await fetch(url, { method, headers, redirect: 'manual', ...(bytes && { body: bytes }) });
    const received = Buffer.from(await response.arrayBuffer());
    const record: Exchange = {
      method,
      target: url.href.slice(new URL(this.baseUrl).href.replace(/\/$/, '').length),
      requestHeaders: headers,
      requestText: Buffer.from(bytes ?? '').toString(),
      status: response.status,
      headers: response.headers,
      text: received.toString(),
    };
    if (options.check !== false) this.checker?.check(record);
    return { record, bytes: received };
  }

  /** The path of an absolute URL of this server (its own or its public address); a path stays as it is. */
  private pathOf(pathOrUrl: string): string {
    if (pathOrUrl.startsWith('/')) return pathOrUrl;
    const bases = [this.options.publicBaseUrl, this.baseUrl].filter((base) => base !== undefined);
    const base = bases.find((candidate) => pathOrUrl.startsWith(candidate));
    if (base === undefined) throw new Error(`${pathOrUrl} is neither a path nor a URL below ${bases.join(' or ')}`);
    return pathOrUrl.slice(base.length);
  }
}

interface CheckedExchange {
  readonly record: Exchange;
  readonly bytes: Buffer;
}

function requestBytes(body: unknown, rawBody: string | Uint8Array | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (rawBody !== undefined) return new Uint8Array(Buffer.from(rawBody));
  return body === undefined ? undefined : new Uint8Array(Buffer.from(JSON.stringify(body)));
}

function read<Body>({ record, bytes }: CheckedExchange): TamsResponse<Body> {
  return { status: record.status, headers: record.headers, body: readBody(record) as Body, bytes };
}

function readBody({ method, target, headers, text }: Exchange): unknown {
  const type = mediaType(headers);
  if (text === '' || type === undefined) return undefined;
  if (type.startsWith('text/')) return text;
  if (type !== 'application/json' && !type.endsWith('+json')) return undefined;
  const reading = readJson(text);
  if ('failure' in reading)
    throw new Error(`${method} ${target} answered ${type} that is not JSON: ${reading.failure}`);
  return reading.value;
}

function sendRaw(baseUrl: string, { method, path, body }: RawRequest, headers: Headers): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { hostname, port, method, path, headers: Object.fromEntries(headers), agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const pairs = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
            (values ?? []).map((value): [string, string] => [name, value]),
          );
          resolve({ status: incoming.statusCode ?? 0, headers: new Headers(pairs), bytes: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}
