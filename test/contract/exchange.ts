/** One request and its answer as they crossed the wire, ready to be checked against the contract. */
export interface Exchange {
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent, percent-encoded, relative to the API's root: `/flows?limit=2`. */
  readonly target: string;
  readonly requestHeaders: Headers;
  /** Body as sent; empty when there was none. */
  readonly requestText: string;
  readonly status: number;
  readonly headers: Headers;
  /** Body as received; empty when there was none. */
  readonly text: string;
}

/** Path and query of a target; the query keeps repeated parameters. */
export function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}

/** Media type of a message without its parameters, lower case; undefined when the header is absent. */
export function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

/** Outcome of reading JSON: the value, or why it is none. */
export type JsonReading = { readonly value: unknown } | { readonly failure: string };

/** Reads JSON without throwing. */
export function readJson(text: string): JsonReading {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { failure: Error.isError(error) ? error.message : String(error) };
  }
}
