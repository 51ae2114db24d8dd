import type { MetricValue } from 'prom-client';

/** Where a slow observation can be looked up, as a scrape shows it. */
export interface RenderedExemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** One sample of a metric made of series. */
export interface RenderedValue extends MetricValue<string> {
  readonly metricName?: string;
  readonly exemplar?: RenderedExemplar | undefined;
  /** On the last sample of a counter's or histogram's series: when the series began, in seconds since the epoch. */
  readonly created?: number;
}

/** A metric with its samples; those of prom-client's own metrics do not know when their series began. */
export interface RenderedMetric {
  readonly name: string;
  readonly help: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: string;
  readonly values: readonly RenderedValue[];
}

/**
 * A metric as OpenMetrics text, with `_created`: from it Prometheus knows that a counter it sees for the first time at 100
 * has counted 100, and is not one that it overlooked before (prom-client writes no such samples).
 */
export function openMetricsText({ name, help, type, values }: RenderedMetric): string {
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const lines = [`# HELP ${family} ${escaped(help)}`, `# TYPE ${family} ${type}`];
  for (const { metricName = name, labels, value, exemplar, created } of values) {
    lines.push(`${metricName}${labelsText(labels)} ${numberText(value)}${exemplarText(exemplar)}`);
    if (created !== undefined) {
      lines.push(`${family}_created${labelsText(labels)} ${created.toFixed(3)}`);
    }
  }
  return lines.join('\n');
}

function exemplarText(exemplar: RenderedExemplar | undefined): string {
  return exemplar ? ` # ${labelsText(exemplar.labelSet)} ${numberText(exemplar.value)} ${exemplar.timestamp}` : '';
}

function labelsText(labels: Readonly<Partial<Record<string, string | number>>>): string {
  const entries = Object.entries(labels).map(([label, value]) => `${label}="${labelText(value)}"`);
  return entries.length > 0 ? `{${entries.join(',')}}` : '';
}

/** The bound of a bucket is a float: `le="1.0"`. */
function labelText(value: string | number | undefined): string {
  if (typeof value !== 'number') return escaped(String(value)).replaceAll('"', '\\"');
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
