import { type LabelValues, metricContract, type MetricDeclaration } from '@tams/telemetry';
import { startTestServer, type TestServer } from '../support/test-server';
import { parseSamples, type Sample } from './scrape';

/** Values of closed labels that are not foreseen, and why. */
const notForeseen: Readonly<Record<string, string>> = {
  // Twelve buckets for each of two outcomes of each route, where tams_http_requests_total counts from the start.
  'tams_http_request_duration_seconds outcome=rejected': 'their number is in tams_http_requests_total',
  'tams_http_request_duration_seconds outcome=error': 'their number is in tams_http_requests_total',
};

const declarations: readonly MetricDeclaration[] = Object.values(metricContract);
const counted = declarations.filter(({ type, optional }) => type !== 'gauge' && optional !== true);

let tams: TestServer;
beforeAll(async () => {
  tams = await startTestServer({ JOB_WORKERS: 'false' });
});
afterAll(() => tams.stop());

function closedValues(allowed: LabelValues): readonly string[] | undefined {
  return Array.isArray(allowed) ? (allowed as readonly string[]).filter((value) => value !== 'other') : undefined;
}

/** Which combinations of closed labels are missing, for each known value of the others. */
function missing({ name, labels }: MetricDeclaration, present: readonly Sample[]): string[] {
  if (present.length === 0) return [`${name} has no series`];
  const closed = Object.entries(labels).filter(([, allowed]) => closedValues(allowed) !== undefined);
  const open = Object.keys(labels).filter((label) => closedValues(labels[label]!) === undefined);
  // Methods and endpoints go together as the routes say.
  const foreseen = closed.filter(([label]) => label !== 'method' || open.length < 1 || !open.includes('endpoint'));
  const key = (sample: Sample, names: readonly string[]) => names.map((label) => sample.labels[label]).join(' ');
  const known = [...new Set(present.map((sample) => key(sample, open)))];
  let combinations: Record<string, string>[] = [{}];
  for (const [label, allowed] of foreseen) {
    combinations = combinations.flatMap((one) =>
      closedValues(allowed)!
        .filter((value) => notForeseen[`${name} ${label}=${value}`] === undefined)
        .map((value) => ({ ...one, [label]: value })),
    );
  }
  return known.flatMap((group) =>
    combinations
      .filter(
        (one) =>
          !present.some(
            (sample) =>
              key(sample, open) === group &&
              Object.entries(one).every(([label, value]) => sample.labels[label] === value),
          ),
      )
      .map((one) => `${name} ${group} ${JSON.stringify(one)}`),
  );
}

it('every counter and histogram is there at the first scrape, with every value of its closed labels', async () => {
  const scrape = parseSamples(await (await fetch(`${tams.url}/metrics`)).text());
  const of = ({ name, type }: MetricDeclaration) =>
    scrape.filter((sample) => sample.name === (type === 'histogram' ? `${name}_count` : name));
  const absent = counted.flatMap((one) => missing(one, of(one)));
  expect(absent).toEqual([]);
  const queues = of(metricContract.jobDuration).map(({ labels }) => labels['queue']);
  expect(new Set(queues)).toEqual(
    new Set(scrape.filter(({ name }) => name === 'tams_jobs_waiting').map(({ labels }) => labels['queue'])),
  );
});
