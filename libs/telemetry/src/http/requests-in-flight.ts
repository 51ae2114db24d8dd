import { metrics } from '../metrics/metrics';

/** A request that is being answered. */
export interface RequestInFlight {
  /** Template of its route, or `unmatched`. */
  readonly endpoint: string;
  /** When it began, on the clock of `performance.now()`. */
  readonly start: number;
}

/**
 * The requests of one server that are being answered: what hangs has no response yet, so that no counter of responses
 * shows it. They are looked at when a scrape asks; the server started last in a process is the one that is shown.
 */
export class RequestsInFlight {
  /** In the order they began: the first of an endpoint is its oldest. */
  private readonly requests = new Set<RequestInFlight>();
  private readonly endpoints = new Set<string>();

  constructor() {
    metrics.httpRequestsInFlight.onRefresh(() => {
      this.count();
    });
    metrics.httpOldestRequest.onRefresh(() => {
      this.age();
    });
  }

  add(request: RequestInFlight): void {
    this.requests.add(request);
  }

  delete(request: RequestInFlight): void {
    this.requests.delete(request);
  }

  private count(): void {
    const counts = new Map([...this.endpoints].map((endpoint) => [endpoint, 0]));
    for (const { endpoint } of this.requests) counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
    for (const [endpoint, count] of counts) {
      this.endpoints.add(endpoint);
      metrics.httpRequestsInFlight.series({ endpoint }).set(count);
    }
  }

  private age(): void {
    const now = performance.now();
    const ages = new Map([...this.endpoints].map((endpoint) => [endpoint, 0]));
    const seen = new Set<string>();
    for (const { endpoint, start } of this.requests) {
      if (seen.has(endpoint)) continue;
      seen.add(endpoint);
      ages.set(endpoint, (now - start) / 1000);
    }
    for (const [endpoint, seconds] of ages) metrics.httpOldestRequest.series({ endpoint }).set(seconds);
  }
}
