import { Configuration, createDataSource, Database, poolOf } from '@tams/platform';
import { type RetentionItem, RetentionPreview, RetentionRepository } from '@tams/segments';
import type { DataSource } from 'typeorm';
import { eventually } from '../support/eventually';
import { runProgram } from '../support/command-process';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { fillDirectly } from './deletion-fixtures';
import { TestWorld } from '../support/test-world';

/** TAI is ahead of UTC by so many seconds. */
const TAI_AHEAD = 37;
const HOUR = 3600;

/** The whole TAI second at this moment. */
const nowSecond = (): number => Math.floor(Date.now() / 1000) + TAI_AHEAD;

/** A segment that ended so many seconds ago. */
const endedAgo = (seconds: number): string => {
  const end = nowSecond() - seconds;
  return `[${end - 1}:0_${end}:0)`;
};

describe('retention', () => {
  let tams: TestWorld;
  let dataSource: DataSource;

  beforeAll(async () => {
    // The server's own job would delete what the preview is to show.
    tams = await TestWorld.start({ RETENTION_INTERVAL_SECONDS: '0' });
    dataSource = createDataSource({ url: tams.databaseUrl, poolSize: 2, statementTimeoutSeconds: 30 });
    await dataSource.initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await tams.stop();
  });

  async function flow(tags: Readonly<Record<string, string | string[]>>, changes: object = {}): Promise<string> {
    const body = videoFlow({ tags, label: 'loop', ...changes });
    expect((await tams.client.put(`/flows/${body.id}`, body)).status).toBe(201);
    return body.id;
  }

  /** What the preview says of one Flow. */
  async function preview(flowId: string, environment: Record<string, string> = {}): Promise<RetentionItem[]> {
    const database = new Database(poolOf(dataSource));
    const shown = new RetentionPreview(database, new RetentionRepository(), new Configuration(environment));
    const items: RetentionItem[] = [];
    for await (const item of shown.items(new Date())) if (item.flow_id === flowId) items.push(item);
    return items;
  }

  async function lastChanged(flowId: string, secondsAgo: number): Promise<void> {
    await tams.database.query(
      `UPDATE flows SET metadata_updated = now() - make_interval(secs => $2),
              segments_updated = CASE WHEN segments_updated IS NULL THEN NULL ELSE now() - make_interval(secs => $2) END
        WHERE id = $1`,
      [flowId, secondsAgo],
    );
  }

  it('tells which segments go now and when the next one goes', async () => {
    const id = await flow({ segment_retention_offset: `${HOUR}:0` });
    expect(await preview(id)).toEqual([{ flow_id: id, label: 'loop', what: 'segments', due_now: false }]);

    await tams.fill(id, [endedAgo(HOUR - 600)]);
    const [later] = await preview(id);
    expect(later).toMatchObject({ what: 'segments', due_now: false });
    expect(Date.parse(later?.due ?? '') / 1000).toBeCloseTo(Date.now() / 1000 + 600, -1);

    await tams.fill(id, [endedAgo(HOUR + 1), endedAgo(HOUR + 600)]);
    expect(await preview(id)).toMatchObject([{ due_now: true, segments: 2 }]);
  });

  it('tells when a Flow goes, counted from its last change of metadata or segments', async () => {
    const id = await flow({ flow_retention_offset: '86400:0' });
    await lastChanged(id, 86_000);
    const [item] = await preview(id);
    expect(item).toMatchObject({ what: 'flow', due_now: false });
    expect(Date.parse(item?.due ?? '') / 1000).toBeCloseTo(Date.now() / 1000 + 400, -1);

    await tams.fill(id, ['[0:0_1:0)']);
    await tams.database.query(`UPDATE flows SET metadata_updated = now() - interval '2 days' WHERE id = $1`, [id]);
    expect(await preview(id)).toMatchObject([{ due_now: false }]);
    await lastChanged(id, 86_401);
    expect(await preview(id)).toMatchObject([{ what: 'flow', due_now: true, segments: 1 }]);
  });

  it('works on timelines that do not use the time of day, and with nanoseconds', async () => {
    const offset = `${nowSecond() - 10}:500000000`;
    const id = await flow({ segment_retention_offset: offset });
    await tams.fill(id, ['[0:0_5:0)', '[5:0_9:0)', '[9:0_100:0)']);
    expect(await preview(id)).toMatchObject([{ due_now: true, segments: 2 }]);
  });

  it.each([
    ['a list', ['1:0', '2:0']],
    ['a duration of another kind', '24h'],
    ['a decimal', '1.5'],
  ])('names a tag that is %s, and deletes nothing by it', async (_case, value) => {
    const id = await flow({ segment_retention_offset: value, flow_retention_offset: value });
    await tams.fill(id, ['[0:0_1:0)']);
    const items = await preview(id);
    expect(items.map(({ what, due_now }) => [what, due_now])).toEqual([
      ['flow', false],
      ['segments', false],
    ]);
    for (const { problem } of items) expect(problem).toContain('_retention_offset');
  });

  it('holds read-only Flows', async () => {
    const id = await flow({ segment_retention_offset: '1:0', flow_retention_offset: '100:0' });
    await tams.fill(id, ['[0:0_1:0)']);
    await tams.client.put(`/flows/${id}/read_only`, true);
    expect(await preview(id)).toMatchObject([
      { what: 'flow', due_now: false },
      { what: 'segments', due_now: true, held: 'The Flow is read-only.' },
    ]);
  });

  it('cleans up empty Flows only when told to, and never collections', async () => {
    const environment = { EMPTY_FLOW_RETENTION_SECONDS: '3600' };
    const [empty, audio] = [await flow({}), audioFlow()];
    await tams.client.put(`/flows/${audio.id}`, audio);
    const collection = multiFlow([{ id: audio.id, role: 'audio' }]);
    expect((await tams.client.put(`/flows/${collection.id}`, collection)).status).toBe(201);
    const filled = await flow({});
    await tams.fill(filled, ['[0:0_1:0)']);
    for (const id of [empty, collection.id, filled]) await lastChanged(id, 3601);

    expect(await preview(empty)).toEqual([]);
    expect(await preview(empty, environment)).toMatchObject([{ what: 'empty-flow', due_now: true }]);
    expect(await preview(audio.id, environment)).toMatchObject([{ what: 'empty-flow', due_now: false }]);
    expect(await preview(collection.id, environment)).toEqual([]);
    expect(await preview(filled, environment)).toEqual([]);
  });
});

describe('the server', () => {
  let tams: TestWorld;

  beforeAll(async () => {
    tams = await TestWorld.start({ RETENTION_INTERVAL_SECONDS: '1', EMPTY_FLOW_RETENTION_SECONDS: '3600' });
  });
  afterAll(() => tams.stop());

  async function tagged(tags: Readonly<Record<string, string>>): Promise<string> {
    const body = videoFlow({ tags });
    await tams.client.put(`/flows/${body.id}`, body);
    return body.id;
  }
  const status = async (flowId: string): Promise<number> => (await tams.client.get(`/flows/${flowId}`)).status;

  it('keeps the last hour of a loop recording, and frees what was before', async () => {
    const id = await tagged({ segment_retention_offset: `${HOUR}:0` });
    const kept = [endedAgo(HOUR - 60), endedAgo(10)];
    const segments = await tams.fill(id, [endedAgo(HOUR + 60), ...kept]);
    await eventually(
      () => tams.timeranges(id),
      (timeranges) => timeranges.length === 2,
    );
    expect(await tams.timeranges(id)).toEqual(kept);
    const released = 'SELECT id FROM objects WHERE unreferenced_since IS NOT NULL AND id = ANY($1)';
    const { rows } = await tams.database.query(released, [segments.map(({ object_id }) => object_id)]);
    expect(rows).toEqual([{ id: segments[0]?.object_id }]);
  });

  it('follows an offset that is set, lowered or taken away', async () => {
    const id = await tagged({});
    await tams.fill(id, [endedAgo(7200), endedAgo(5000)]);
    await tams.client.put(`/flows/${id}/tags/segment_retention_offset`, '6000:0');
    await eventually(
      () => tams.timeranges(id),
      (timeranges) => timeranges.length === 1,
    );
    await tams.client.put(`/flows/${id}/tags/segment_retention_offset`, '4000:0');
    await eventually(
      () => tams.timeranges(id),
      (timeranges) => timeranges.length === 0,
    );
    expect(await status(id)).toBe(200);
  });

  it('deletes Flows whose time is over, with their segments, large ones by a request, and empty ones', async () => {
    const [small, large, young, empty] = [
      await tagged({ flow_retention_offset: '60:0' }),
      await tagged({ flow_retention_offset: '60:0' }),
      await tagged({ flow_retention_offset: '600:0' }),
      await tagged({}),
    ];
    await tams.fill(small, ['[0:0_1:0)']);
    await fillDirectly(tams.database, large, 3000);
    await tams.fill(young, ['[0:0_1:0)']);
    await tams.database.query(
      `UPDATE flows SET metadata_updated = now() - interval '70 seconds',
              segments_updated = now() - interval '70 seconds' WHERE id = ANY($1)`,
      [[small, large, young]],
    );
    await tams.database.query(`UPDATE flows SET metadata_updated = now() - interval '2 hours' WHERE id = $1`, [empty]);
    for (const id of [small, large, empty]) {
      await eventually(
        () => status(id),
        (answer) => answer === 404,
      );
    }
    expect(await status(young)).toBe(200);
    expect(await tams.timeranges(young)).toHaveLength(1);
    const { rows } = await tams.database.query('SELECT 1 FROM segments WHERE flow_id = $1', [large]);
    expect(rows).toHaveLength(0);
  });
});

describe('npm run retention', () => {
  it('shows with --dry-run, and does without', async () => {
    const tams = await TestWorld.start({ RETENTION_INTERVAL_SECONDS: '0' });
    try {
      const environment = { DATABASE_URL: tams.databaseUrl, DATA_DIR: tams.dataDirectory };
      const run = (...options: string[]) => runProgram('apps/tams-api/src/retention.ts', options, environment);
      const body = videoFlow({ tags: { segment_retention_offset: '60:0' }, label: 'loop' });
      await tams.client.put(`/flows/${body.id}`, body);
      await tams.fill(body.id, [endedAgo(100), endedAgo(1)]);

      const shown = await run('--dry-run', '--json');
      expect(shown.code).toBe(0);
      expect(JSON.parse(shown.stdout)).toMatchObject({
        dry_run: true,
        items: [{ flow_id: body.id, label: 'loop', what: 'segments', due_now: true, segments: 1 }],
        failures: 0,
      });
      expect((await run('--dry-run')).stdout).toContain(`now: 1 segments of Flow ${body.id}`);
      expect(await tams.timeranges(body.id)).toHaveLength(2);

      const done = await run('--json');
      expect([done.code, done.stderr]).toEqual([0, '']);
      expect(JSON.parse(done.stdout)).toMatchObject({ dry_run: false, items: [{ flow_id: body.id }] });
      expect(await tams.timeranges(body.id)).toHaveLength(1);
      expect((await run('--help')).stdout).toContain('--dry-run');
    } finally {
      await tams.stop();
    }
  }, 90_000);
});
