import { Counter, Gauge, Histogram } from 'prom-client';
import { REQUEST_BUCKETS_SECONDS } from './metric-declaration';
import { registry } from './metrics';

/** A metric of an extension. */
export interface CustomMetric<Label extends string> {
  /** `<product>_<what>_<unit>`; counters end in `_total`, durations in `_seconds`, sizes in `_bytes`. */
  readonly name: string;
  readonly help: string;
  /** Names of labels whose values are few and known: never ids, paths or texts of clients. */
  readonly labels?: readonly Label[];
}

/** A histogram of an extension. */
export interface CustomHistogram<Label extends string> extends CustomMetric<Label> {
  /** Upper bounds; those of request durations (5 ms to 10 s) unless given. */
  readonly buckets?: readonly number[];
}

/** A counter of your own at `/metrics`; the same name gives the same counter. */
export function customCounter<Label extends string = never>(metric: CustomMetric<Label>): Counter<Label> {
  return once(metric.name, Counter, () => new Counter({ ...settings(metric) }));
}

/** A gauge of your own at `/metrics`; the same name gives the same gauge. */
export function customGauge<Label extends string = never>(metric: CustomMetric<Label>): Gauge<Label> {
  return once(metric.name, Gauge, () => new Gauge({ ...settings(metric) }));
}

/** A histogram of your own at `/metrics`; the same name gives the same histogram. */
export function customHistogram<Label extends string = never>(metric: CustomHistogram<Label>): Histogram<Label> {
  const buckets = [...(metric.buckets ?? REQUEST_BUCKETS_SECONDS)];
  return once(metric.name, Histogram, () => new Histogram({ ...settings(metric), buckets }));
}

function settings<Label extends string>(metric: CustomMetric<Label>) {
  return { name: metric.name, help: metric.help, labelNames: [...(metric.labels ?? [])], registers: [registry] };
}

/** @throws {TypeError} when the name is taken by a metric of another kind */
function once<Metric extends object>(
  name: string,
  kind: abstract new (...args: never[]) => object,
  make: () => Metric,
): Metric {
  const existing: unknown = registry.getSingleMetric(name);
  if (existing === undefined) return make();
  if (!(existing instanceof kind)) throw new TypeError(`The metric ${name} exists already and is of another kind.`);
  return existing as Metric;
}
