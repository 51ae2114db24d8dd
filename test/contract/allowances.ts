/**
 * What our server may answer beyond the specification. Short and explicit: a new entry is a decision.
 */

/** Errors any operation may answer although the specification does not list them for it; each must be a problem document. */
export const generallyPermittedErrors: ReadonlySet<number> = new Set([
  400, // malformed query, body or encoding
  401, // no or wrong credentials
  404, // malformed id in the path, or an operation that is not there yet
  405, // another method of a known path
  408, // a body that did not arrive in time
  413, // body too large
  415, // body of another media type or encoding
  429, // too many requests
  503, // a database or storage backend that does not answer
]);

/** Paths our server serves beside the TAMS API: operations, documentation, and the bytes of media objects. */
export const pathsOutsideSpecification: readonly RegExp[] = [
  /^\/(health|livez|readyz|metrics|openapi\.json)$/,
  /^\/docs(\/|$)/,
  // Upload and download of the embedded filesystem storage backend (put_url, get_urls).
  /^\/media\//,
  // Playback: HLS previews of Flows and Sources, and tokens in their addresses.
  /^\/playback\//,
  /^\/service\/playback-tokens$/,
  /^\/(flows|sources)\/[^/]+\/output(\.m3u8$|\/)/,
  // Events for clients that stay connected.
  /^\/service\/events$/,
  // Who changed what.
  /^\/service\/audit$/,
  // What the last hour was like.
  /^\/insight(\/|$)/,
  // Read models for pages.
  /^\/console(\/|$)/,
  /^\/favicon\.ico$/,
  // Extensions: history, replay and test of webhook deliveries.
  /^\/service\/webhooks\/[^/]+\/(deliveries(\/|$)|replay$|test$)/,
];

/** Query parameters described as "providing an empty … will result in no filtering", though their pattern wants one id at least. */
export const parametersThatMayBeEmpty: ReadonlySet<string> = new Set(['accept_storage_ids']);

/** Response headers that differ between a HEAD and the GET after it without breaking "same headers" (RFC 9110, 9.3.2). */
export const headersThatVary: ReadonlySet<string> = new Set([
  'connection',
  'date',
  'keep-alive',
  'server-timing',
  'traceparent',
  'transfer-encoding',
  'x-correlation-id',
  'x-request-id',
]);
