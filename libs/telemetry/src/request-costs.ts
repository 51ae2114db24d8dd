/**
 * What answering one HTTP request took beside its own code; the line of the request and its span tell it. Work outside a
 * request has none, which is also how statements in the background are told apart.
 */
export class RequestCosts {
  /** SQL statements. */
  statements = 0;
  /** Time statements took, added up, in milliseconds. */
  databaseMilliseconds = 0;
  /** Calls to storage backends. */
  storageCalls = 0;
  /** Time calls to storage backends took, added up, in milliseconds. */
  storageMilliseconds = 0;
}
