import type { FastifyRequest } from 'fastify';
import { metrics } from '../metrics/metrics';
import type { HistogramSeries, NumberSeries } from '../metrics/series';

/** The `endpoint` of requests no route takes: random paths share one series. */
export const UNMATCHED = 'unmatched';

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Writes a route as the API's documents do: `/flows/:flowId` becomes `/flows/{flowId}`. */
export function endpointOf(url: string | undefined): string {
  if (url === undefined || url === '*' || url === '/*') return UNMATCHED;
  return url.replaceAll(/:(\w+)/g, '{$1}');
}

/** The figures of one method of one route, found once and then only added to. */
export class RouteSeries {
  readonly duration: HistogramSeries;
  /** Route template; `undefined` where no route matched. */
  readonly template: string | undefined;
  private readonly byStatus = new Map<number, NumberSeries>();
  private readonly byProblem = new Map<string, NumberSeries>();

  constructor(
    private readonly method: string,
    readonly endpoint: string,
  ) {
    this.duration = metrics.httpRequestDuration.series({ method, endpoint });
    this.template = endpoint === UNMATCHED ? undefined : endpoint;
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

  /** The figures a request belongs to. */
  of(request: FastifyRequest): RouteSeries {
    const method = knownMethods.has(request.method) ? request.method : 'other';
    const url = request.routeOptions.url;
    let routes = this.byMethod.get(method);
    if (!routes) this.byMethod.set(method, (routes = new Map<string | undefined, RouteSeries>()));
    let series = routes.get(url);
    if (!series) routes.set(url, (series = new RouteSeries(method, endpointOf(url))));
    return series;
  }
}
