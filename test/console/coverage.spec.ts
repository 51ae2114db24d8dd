import { randomUUID } from 'node:crypto';
import { seconds, TestWorld } from '../support/test-world';

interface Coverage {
  readonly timerange: string;
  readonly extent?: string;
  readonly segment_count: number;
  readonly hole_seconds?: number;
  readonly step: string;
  readonly exact: boolean;
  readonly runs: readonly { readonly start: string; readonly end: string; readonly density: number }[];
}

let tams: TestWorld;
beforeAll(async () => {
  tams = await TestWorld.start();
});
afterAll(() => tams.stop());

const coverage = async (flowId: string, query: Readonly<Record<string, string | number>> = {}): Promise<Coverage> =>
  (await tams.client.get<Coverage>(`/console/api/flows/${flowId}/coverage`, { query })).body;
const runsOf = ({ runs }: Coverage): unknown[] => runs.map(({ start, end, density }) => [start, end, density]);

/** A Flow with so many segments of a second each by SQL, from 0:0, without those of some seconds. */
async function longFlow(count: number, holes: readonly (readonly [from: number, to: number])[]): Promise<string> {
  const flowId = await tams.flow();
  await tams.database.query('INSERT INTO objects (id, role) VALUES ($1, $2)', [`all of ${flowId}`, 'media']);
  await tams.database.query(
    `INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
     SELECT $1::uuid, n * 1000000000, (n + 1) * 1000000000, 'all of ' || $1, format('[%s:0_%s:0)', n, n + 1)
       FROM generate_series(0, $2::int8 - 1) n
      WHERE NOT EXISTS (SELECT 1 FROM unnest($3::int8[], $4::int8[]) h (a, b) WHERE n >= a AND n < b)`,
    [flowId, count, holes.map(([from]) => from), holes.map(([, to]) => to)],
  );
  await tams.database.query(
    `UPDATE flows f SET (segment_count, first_start_ns, last_end_ns, media_ns) =
       (SELECT count(*), min(start_ns), max(end_ns), sum(end_ns::numeric - start_ns) FROM segments WHERE flow_id = f.id)
      WHERE id = $1`,
    [flowId],
  );
  return flowId;
}

it('of a Flow without segments is nothing', async () => {
  const flowId = await tams.flow();
  expect(await coverage(flowId)).toEqual({
    flow_id: flowId,
    timerange: '()',
    segment_count: 0,
    step: '0:0',
    exact: true,
    runs: [],
  });
});

it('of a Flow without a hole is one run, whatever the window', async () => {
  const flowId = await tams.flow();
  await tams.fill(flowId, seconds(10));
  expect(await coverage(flowId)).toMatchObject({
    timerange: '[0:0_10:0)',
    extent: '[0:0_10:0)',
    hole_seconds: 0,
    step: '0:20000000',
    exact: true,
    runs: [{ start: '0:0', end: '10:0', density: 1 }],
  });
  const part = await coverage(flowId, { timerange: '[-5:0_2:500000000)', resolution: 5 });
  expect([part.timerange, runsOf(part)]).toEqual(['[-5:0_2:500000000)', [['0:0', '2:500000000', 1]]]);
  expect(runsOf(await coverage(flowId, { timerange: '[10:0_20:0)' }))).toEqual([]);
  expect(runsOf(await coverage(flowId, { timerange: '()' }))).toEqual([]);
  expect(runsOf(await coverage(flowId, { timerange: '_' }))).toEqual([['0:0', '10:0', 1]]);
});

it('tells where holes begin and end, to the nanosecond', async () => {
  const flowId = await tams.flow();
  await tams.fill(flowId, ['[0:0_1:0)', '[1:1_2:0)', '[2:0_3:0)', '[5:0_6:0)']);
  const found = await coverage(flowId);
  expect(runsOf(found)).toEqual([
    ['0:0', '1:0', 1],
    ['1:1', '3:0', 1],
    ['5:0', '6:0', 1],
  ]);
  expect(found).toMatchObject({ exact: true, hole_seconds: 2.000000001 });
});

it('becomes density when there are more runs than a picture has room for', async () => {
  const flowId = await tams.flow();
  await tams.fill(
    flowId,
    Array.from({ length: 100 }, (_, index) => `[${index}:0_${index}:${index < 50 ? 500000000 : 250000000})`),
  );
  const found = await coverage(flowId, { timerange: '[0:0_100:0)', resolution: 2 });
  expect(found).toMatchObject({ exact: true, step: '49:625000000' });
  expect(found.runs).toHaveLength(2);
  expect(found.runs[0]!.density).toBeCloseTo(0.5, 1);
  expect(found.runs[1]!.density).toBeCloseTo(0.25, 1);
});

it('of a long Flow comes from probes, and is exact when one looks closer', async () => {
  const flowId = await longFlow(20_000, [[5000, 6000]]);
  const whole = await coverage(flowId, { resolution: 100 });
  expect(whole).toMatchObject({ segment_count: 19_000, hole_seconds: 1000, exact: false, step: '200:0' });
  expect(runsOf(whole)).toEqual([
    ['0:0', '5000:0', 1],
    ['6000:0', '20000:0', 1],
  ]);
  const closer = await coverage(flowId, { timerange: '[4500:0_5500:0)', resolution: 100 });
  expect(closer).toMatchObject({ exact: true });
  expect(runsOf(closer)).toEqual([['4500:0', '5000:0', 1]]);
});

it('is refused for what is no Flow, and at no sensible resolution', async () => {
  expect((await tams.client.get(`/console/api/flows/${randomUUID()}/coverage`)).status).toBe(404);
  const flowId = await tams.flow();
  for (const resolution of [0, 4001, 'x'])
    expect((await tams.client.get(`/console/api/flows/${flowId}/coverage`, { query: { resolution } })).status).toBe(
      400,
    );
});
