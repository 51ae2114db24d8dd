/** A target of Prometheus. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

/** One series of an answer. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the panels' variables and Grafana's own stand for when the test asks their queries. */
const variables: Readonly<Record<string, string>> = {
  $job: 'tams-api',
  $cluster: '.*',
  $instance: '.+',
  $endpoint: '.*',
  $format: '.*',
  // Grafana takes four pauses between scrapes at least; in the test one lasts two seconds.
  $__rate_interval: '30s',
  $__range: '5m',
};

/** A query as Grafana would send it. @throws {Error} when it has a variable this test does not know */
export function withVariables(expression: string): string {
  const text = expression.replaceAll(/\$\w+/g, (name) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`The query has an unknown variable ${name}: ${expression}`);
    return value;
  });
  return text;
}

/** Asks a Prometheus. */
export class PrometheusClient {
  constructor(private readonly url: string) {}

  async query(expression: string): Promise<Sample[]> {
    const { result, resultType } = await this.get<{
      resultType: string;
      result: { metric: Record<string, string>; value: [number, string] }[] | [number, string];
    }>(`query?query=${encodeURIComponent(expression)}`);
    if (resultType === 'scalar') return [{ metric: {}, value: Number((result as [number, string])[1]) }];
    return (result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value }) => ({
      metric,
      value: Number(value[1]),
    }));
  }

  async targets(): Promise<Target[]> {
    return (await this.get<{ activeTargets: Target[] }>('targets?state=active')).activeTargets;
  }

  /** Rules whose last evaluation failed, with the reason. */
  async failedRules(): Promise<string[]> {
    const { groups } = await this.get<{
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    }>('rules');
    return groups
      .flatMap((group) => group.rules)
      .filter((rule) => rule.health === 'err')
      .map((rule) => `${rule.name}: ${rule.lastError ?? ''}`);
  }

  /** Trace ids behind the observations of a histogram of the last hour. */
  async exemplarTraces(expression: string): Promise<string[]> {
    const end = Date.now() / 1000;
    const found = await this.get<{ exemplars: { labels: Record<string, string> }[] }[]>(
      `query_exemplars?query=${encodeURIComponent(expression)}&start=${end - 3600}&end=${end}`,
    );
    return found.flatMap((series) => series.exemplars.map(({ labels }) => labels['trace_id'] ?? ''));
  }

  private async get<Data>(path: string): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const body = (await response.json()) as { status: string; data: Data; error?: string };
    if (body.status !== 'success') throw new Error(`${body.error ?? response.statusText}: ${decodeURIComponent(path)}`);
    return body.data;
  }
}
