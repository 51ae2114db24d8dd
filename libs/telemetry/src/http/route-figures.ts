import type { FastifyRequest } from 'fastify';
import type { Outcome } from '../metrics/metric-contract';
import { metrics } from '../metrics/metrics';
import type { HistogramSeries, NumberSeries } from '../metrics/series';

/** The `endpoint` of requests no route takes: random paths share one series. */
export const UNMATCHED = 'unmatched';

/** Methods that are told apart; others are `other` in metrics and `_OTHER` on spans. */
export const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Writes a route as the API's documents do: `/flows/:flowId` becomes `/flows/{flowId}`. */
export function endpointOf(url: string | undefined): string {
  if (url === undefined || url === '*' || url === '/*') return UNMATCHED;
  return url.replaceAll(/:(\w+)/g, '{$1}');
}

/** Statuses any route may answer, whatever its document says. */
const FORESEEN_STATUSES = [400, 404, 500, 503];
/** Problems that are the server's own doing or that of what it stands on. */
const FORESEEN_PROBLEMS = ['internal-error', 'dependency-unavailable', 'database-busy'];

/** The figures of one method of one route, found once and then only added to. */
export class RouteSeries {
  /** Route template; `undefined` where no route matched. */
  readonly template: string | undefined;
  private readonly byOutcome = new Map<Outcome, HistogramSeries>();
  private readonly byStatus = new Map<number, NumberSeries>();
  private readonly byProblem = new Map<string, NumberSeries>();

  constructor(
    private readonly method: string,
    readonly endpoint: string,
  ) {
    this.template = endpoint === UNMATCHED ? undefined : endpoint;
  }

  /** How long responses with this status took: what is refused or fails at once must not make the rest look fast. */
  duration(status: number): HistogramSeries {
    const outcome = status < 400 ? 'success' : status < 500 ? 'rejected' : 'error';
    const known = this.byOutcome.get(outcome);
    if (known) return known;
    const { method, endpoint } = this;
    const series = metrics.httpRequestDuration.series({ method, endpoint, outcome });
    this.byOutcome.set(outcome, series);
    return series;
  }

  /** The counter of responses with this status. */
  responses(status: number): NumberSeries {
    const known = this.byStatus.get(status);
    if (known) return known;
    const { method, endpoint } = this;
    const series = metrics.httpRequests.series({ method, endpoint, status_code: String(status) });
    this.byStatus.set(status, series);
    return series;
  }

  /** The counter of responses with this problem. */
  problems(type: string): NumberSeries {
    const known = this.byProblem.get(type);
    if (known) return known;
    const series = metrics.errors.series({ type, endpoint: this.endpoint });
    this.byProblem.set(type, series);
    return series;
  }
}

/** The figures of every route, by method and template. */
export class RouteFigures {
  private readonly byMethod = new Map<string, Map<string | undefined, RouteSeries>>();

  /**
   * Makes the figures of a route before its first request, at zero: what a client meets between two scrapes must be an
   * increase, and a series that is born with a value shows none.
   * @param url with `:name` parameters; `undefined` stands for all paths no route takes
   * @param statuses those its document names
   */
  expect(method: string, url: string | undefined, statuses: readonly number[]): void {
    const route = this.at(method, url);
    for (const status of [...statuses, ...FORESEEN_STATUSES]) route.responses(status);
    route.duration(200);
    for (const problem of FORESEEN_PROBLEMS) route.problems(problem);
  }

  /** The figures a request belongs to. */
  of(request: FastifyRequest): RouteSeries {
    return this.at(request.method, request.routeOptions.url);
  }

  private at(givenMethod: string, url: string | undefined): RouteSeries {
    const method = knownMethods.has(givenMethod) ? givenMethod : 'other';
    let routes = this.byMethod.get(method);
    if (!routes) this.byMethod.set(method, (routes = new Map<string | undefined, RouteSeries>()));
    let series = routes.get(url);
    if (!series) routes.set(url, (series = new RouteSeries(method, endpointOf(url))));
    return series;
  }
}
