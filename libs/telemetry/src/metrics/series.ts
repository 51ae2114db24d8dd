import { type LabelValues, type MetricDeclaration, OTHER } from './metric-declaration';
import type { RenderedExemplar, RenderedMetric, RenderedValue } from './open-metrics-text';

/**
 * Metrics whose label values are resolved once: `series()` gives a plain object that a request adds to without hashing
 * labels. prom-client does that hashing for every observation (even below `.labels()`), which alone cost a seventh of
 * the requests per second; it still collects, renders and serves what is counted here.
 */

/** Most series one metric may have, whatever happens; further label values share one series named `other`. */
const MAXIMUM_SERIES = 5_000;

/** Label values by label name. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** Where a slow observation can be looked up: its trace. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
}

/** A metric made of series; registered with prom-client's registry, which asks it for its values at each scrape. */
export abstract class SeriesMetric<Name extends string, Series> {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  private readonly labelNames: readonly Name[];
  private readonly allowed: readonly LabelValues[];
  private readonly byKey = new Map<string, { readonly labels: Labels<Name>; readonly series: Series }>();

  private refresh: (() => void) | undefined;

  constructor(declaration: MetricDeclaration) {
    this.name = declaration.name;
    this.help = declaration.help;
    this.type = declaration.type;
    this.labelNames = Object.keys(declaration.labels) as Name[];
    this.allowed = Object.values(declaration.labels);
  }

  /**
   * Makes a series for each combination of closed label values, at zero: the increase of a counter that is first seen at
   * 100 reads as nothing. The labels given here stand for those whose values only the running server knows.
   */
  expect(known: Partial<Labels<Name>> = {}): void {
    let combinations: Partial<Record<Name, string>>[] = [known];
    for (const [index, name] of this.labelNames.entries()) {
      if (known[name] !== undefined) continue;
      const values = this.allowed[index];
      if (!Array.isArray(values)) return;
      const foreseen = (values as readonly string[]).filter((value) => value !== OTHER);
      combinations = combinations.flatMap((labels) => foreseen.map((value) => ({ ...labels, [name]: value })));
    }
    for (const labels of combinations) this.series(labels as Labels<Name>);
  }

  /** The series with these label values, made when it is new. Keep it where it is used often. */
  series(labels: Labels<Name>): Series {
    const key = this.keyOf(labels);
    return this.byKey.get(key)?.series ?? this.add(key, labels);
  }

  /** Has values set before each scrape that are only known when asked. */
  onRefresh(refresh: () => void): void {
    this.refresh = refresh;
  }

  /** Every series with its labels, as of now: what a scrape shows, without writing it. */
  *entries(): IterableIterator<{ readonly labels: Labels<Name>; readonly series: Series }> {
    this.refresh?.();
    yield* this.byKey.values();
  }

  /** What a scrape shows, as of now. */
  get(): Promise<RenderedMetric> {
    this.refresh?.();
    const values: RenderedValue[] = [];
    for (const { labels, series } of this.byKey.values()) this.render(labels, series, values);
    return Promise.resolve({ name: this.name, help: this.help, type: this.type, values });
  }

  /** Forgets every series, for tests and for gauges whose label values may vanish. */
  reset(): void {
    this.byKey.clear();
  }

  protected abstract create(): Series;
  protected abstract render(labels: Labels<Name>, series: Series, into: RenderedValue[]): void;

  private add(key: string, wanted: Labels<Name>): Series {
    const full = this.byKey.size >= MAXIMUM_SERIES;
    const labels = Object.fromEntries(
      this.labelNames.map((name, index) => [name, full ? OTHER : withinList(wanted[name], this.allowed[index])]),
    ) as Labels<Name>;
    const boundedKey = this.keyOf(labels);
    if (boundedKey !== key) return this.byKey.get(boundedKey)?.series ?? this.insert(boundedKey, labels);
    return this.insert(key, labels);
  }

  private keyOf(labels: Labels<Name>): string {
    let key = '';
    for (const name of this.labelNames) key += `${labels[name]}\u0000`;
    return key;
  }

  private insert(key: string, labels: Labels<Name>): Series {
    const series = this.create();
    this.byKey.set(key, { labels, series });
    return series;
  }
}

function withinList(value: string, allowed: LabelValues | undefined): string {
  return Array.isArray(allowed) && !(allowed as readonly string[]).includes(value) ? OTHER : value;
}

/** One line of a counter or gauge. */
export class NumberSeries {
  /** When counting began, in seconds since the epoch. */
  readonly created = Date.now() / 1000;
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** A counter or gauge; a series exists from its first use (or {@link SeriesMetric.expect}) on, so that a gauge nobody filled is absent and not zero. */
export class NumberMetric<Name extends string> extends SeriesMetric<Name, NumberSeries> {
  protected create(): NumberSeries {
    return new NumberSeries();
  }

  protected render(labels: Labels<Name>, series: NumberSeries, into: RenderedValue[]): void {
    into.push({ labels, value: series.value, ...(this.type === 'counter' && { created: series.created }) });
  }
}

/** The buckets of one combination of label values. */
export class HistogramSeries {
  /** Observations by bucket, not cumulated; the last is above every bound. */
  readonly counts: Float64Array;
  readonly exemplars: (RenderedExemplar | undefined)[];
  /** When counting began, in seconds since the epoch. */
  readonly created = Date.now() / 1000;
  sum = 0;
  count = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
    this.exemplars = new Array<RenderedExemplar | undefined>(bounds.length + 1);
  }

  /** @param exemplar the trace of this observation, when it is one that can be looked up */
  observe(value: number, exemplar?: Exemplar): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
    this.count += 1;
    if (exemplar) {
      const labelSet = { trace_id: exemplar.traceId, span_id: exemplar.spanId };
      this.exemplars[bucket] = { labelSet, value, timestamp: Date.now() / 1000 };
    }
  }
}

/** A histogram whose buckets remember the last trace that fell into them. */
export class HistogramMetric<Name extends string> extends SeriesMetric<Name, HistogramSeries> {
  /** Upper bounds of the buckets; one more bucket is above them all. */
  readonly bounds: readonly number[];

  constructor(declaration: MetricDeclaration) {
    super(declaration);
    this.bounds = declaration.buckets ?? [];
  }

  protected create(): HistogramSeries {
    return new HistogramSeries(this.bounds);
  }

  protected render(labels: Labels<Name>, series: HistogramSeries, into: RenderedValue[]): void {
    let cumulated = 0;
    for (let bucket = 0; bucket <= this.bounds.length; bucket += 1) {
      cumulated += series.counts[bucket] ?? 0;
      into.push({
        metricName: `${this.name}_bucket`,
        labels: { ...labels, le: this.bounds[bucket] ?? '+Inf' },
        value: cumulated,
        exemplar: series.exemplars[bucket],
      });
    }
    into.push({ metricName: `${this.name}_sum`, labels, value: series.sum });
    into.push({ metricName: `${this.name}_count`, labels, value: series.count, created: series.created });
  }
}
