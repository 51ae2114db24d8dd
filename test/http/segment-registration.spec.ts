import { randomUUID } from 'node:crypto';
import { TimeRange } from '@tams/timing';
import {
  codeOf,
  externalUrl,
  type FailedSegments,
  type PostedSegment,
  seconds,
  TestWorld,
} from '../support/test-world';

let fixtures: TestWorld;
beforeAll(async () => {
  fixtures = await TestWorld.start({ DATABASE_POOL_SIZE: '10' });
});
afterAll(() => fixtures.stop());

/** Posts one segment that must be refused. @returns the code of the problem */
async function refusal(flow: string, segment: unknown, status = 400): Promise<string> {
  const response = await fixtures.register(flow, segment);
  expect(response.status).toBe(status);
  return codeOf(response);
}

/** Posts a segment of a new object. */
async function registered(
  flow: string,
  timerange: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const object = await fixtures.object(flow);
  const response = await fixtures.register(flow, { object_id: object, timerange, ...more });
  expect(response.body).toBeUndefined();
  expect(response.status).toBe(201);
  return object;
}

interface FlowFacts {
  readonly segment_count: string;
  readonly first_start_ns: string | null;
  readonly last_end_ns: string | null;
  readonly segments_updated: Date | null;
  readonly metadata_version: string;
}

async function flowFacts(flow: string): Promise<FlowFacts> {
  const { rows } = await fixtures.database.query<FlowFacts>('SELECT * FROM flows WHERE id = $1', [flow]);
  return rows[0]!;
}

describe('POST /flows/{flowId}/segments', () => {
  describe('the Flow', () => {
    it('must exist', async () => {
      const segment = { object_id: 'some object', timerange: '[0:0_1:0)' };
      expect(await refusal(randomUUID(), segment, 404)).toBe('flow-not-found');
      expect((await fixtures.register(randomUUID(), [segment])).status).toBe(404);
      expect((await fixtures.register('no-uuid', segment)).status).toBe(404);
    });

    it('must have a container', async () => {
      const flow = await fixtures.flow({ container: null });
      const segment = { object_id: await fixtures.object(flow), timerange: '[0:0_1:0)' };
      expect(await refusal(flow, segment)).toBe('flow-without-container');
      expect((await fixtures.register(flow, [segment])).status).toBe(400);
    });

    it('must not be read-only', async () => {
      const flow = await fixtures.flow({ read_only: true });
      const segment = { object_id: await fixtures.object(flow), timerange: '[0:0_1:0)' };
      expect(await refusal(flow, segment, 403)).toBe('flow-read-only');
      expect((await fixtures.register(flow, [segment])).status).toBe(403);
      expect(await fixtures.timeranges(flow)).toEqual([]);
    });

    it('knows how many segments it has, from when to when, and when they last changed', async () => {
      const flow = await fixtures.flow();
      expect(await flowFacts(flow)).toMatchObject({ segment_count: '0', first_start_ns: null, segments_updated: null });
      await fixtures.fill(flow, ['[10:0_11:0)', '[12:0_13:0]']);
      const first = await flowFacts(flow);
      expect(first).toMatchObject({ segment_count: '2', first_start_ns: '10000000000', last_end_ns: '13000000001' });
      await fixtures.fill(flow, ['[-5:0_-4:0)']);
      const second = await flowFacts(flow);
      expect(second).toMatchObject({ segment_count: '3', first_start_ns: '-5000000000', last_end_ns: '13000000001' });
      expect(second.segments_updated!.getTime()).toBeGreaterThan(first.segments_updated!.getTime());
      expect(second.metadata_version).toBe(first.metadata_version);
    });

    it('is left as it was by a refused segment', async () => {
      const flow = await fixtures.flow();
      await refusal(flow, { object_id: 'unknown', timerange: '[0:0_1:0)' });
      await fixtures.register(flow, [{ object_id: 'unknown', timerange: '[0:0_1:0)' }]);
      expect(await flowFacts(flow)).toMatchObject({ segment_count: '0', first_start_ns: null, segments_updated: null });
    });
  });

  describe('the body', () => {
    const good = { object_id: 'x', timerange: '[0:0_1:0)' };
    test.each<[string, unknown, string]>([
      ['an empty list', [], 'body'],
      ['a text', '"segment"', 'body'],
      ['null', null, 'body'],
      ['no object_id', { timerange: '[0:0_1:0)' }, 'body.object_id'],
      ['an empty object_id', { ...good, object_id: '' }, 'body.object_id'],
      ['an object_id that is a number', { ...good, object_id: 7 }, 'body.object_id'],
      ['an object_id of more than 1024 bytes', { ...good, object_id: 'é'.repeat(513) }, 'body.object_id'],
      ['no timerange', { object_id: 'x' }, 'body.timerange'],
      ['a malformed timerange', { ...good, timerange: '[0:0_1.5:0)' }, 'body.timerange'],
      ['a timerange without end', { ...good, timerange: '[0:0_' }, 'body.timerange'],
      ['a timerange without start', { ...good, timerange: '_1:0)' }, 'body.timerange'],
      ['all of time', { ...good, timerange: '_' }, 'body.timerange'],
      ['the empty timerange', { ...good, timerange: '()' }, 'body.timerange'],
      ['a timerange that ends before it starts', { ...good, timerange: '[2:0_1:0)' }, 'body.timerange'],
      ['a timerange without any nanosecond', { ...good, timerange: '[1:0_1:0)' }, 'body.timerange'],
      ['an excluded start', { ...good, timerange: '(0:0_1:0)' }, 'body.timerange'],
      ['a timerange beyond 64 bits', { ...good, timerange: '[9223372036:0_9223372037:0)' }, 'body.timerange'],
      ['a malformed ts_offset', { ...good, ts_offset: '1' }, 'body.ts_offset'],
      ['a ts_offset that leaves 64 bits', { ...good, ts_offset: '-9223372036:0' }, 'body.ts_offset'],
      ['an unbounded object_timerange', { ...good, object_timerange: '[0:0_' }, 'body.object_timerange'],
      ['an empty object_timerange', { ...good, object_timerange: '()' }, 'body.object_timerange'],
      ['a negative last_duration', { ...good, last_duration: '-0:1' }, 'body.last_duration'],
      ['a fractional sample_count', { ...good, sample_count: 1.5 }, 'body.sample_count'],
      ['a sample_offset no number holds', { ...good, sample_offset: 2 ** 53 }, 'body.sample_offset'],
      ['a negative key_frame_count', { ...good, key_frame_count: -1 }, 'body.key_frame_count'],
      ['a key_frame_count in text', { ...good, key_frame_count: '1' }, 'body.key_frame_count'],
      ['get_urls that are no list', { ...good, get_urls: {} }, 'body.get_urls'],
      ['a URL without label', { ...good, get_urls: [{ url: 'https://a.example' }] }, 'body.get_urls.0.label'],
      [
        'a URL with an empty label',
        { ...good, get_urls: [{ url: 'https://a.example', label: '' }] },
        'body.get_urls.0.label',
      ],
      ['a URL that is none', { ...good, get_urls: [{ url: 'a.ts', label: 'a' }] }, 'body.get_urls.0.url'],
      [
        'a URL of another scheme',
        { ...good, get_urls: [{ url: 'file:///etc/passwd', label: 'a' }] },
        'body.get_urls.0.url',
      ],
      [
        'two URLs of one label',
        { ...good, get_urls: [externalUrl('a'), externalUrl('a', 'b')] },
        'body.get_urls.1.label',
      ],
    ])('%s is 400 and names the field', async (_, body, path) => {
      const flow = await fixtures.flow();
      const response = await fixtures.register(flow, body);
      expect(response.status).toBe(400);
      expect(codeOf(response)).toBe('validation-failed');
      expect(response.body.errors?.map((error) => error.path)).toEqual([path]);
    });

    it('more than 10,000 segments are 400', async () => {
      const flow = await fixtures.flow();
      const response = await fixtures.register(flow, Array<PostedSegment>(10_001).fill(good));
      expect([400, 413]).toContain(response.status);
    });

    it('no body and no JSON are 400', async () => {
      const path = `/flows/${await fixtures.flow()}/segments`;
      expect((await fixtures.client.post(path)).status).toBe(400);
      expect((await fixtures.client.post(path, undefined, { rawBody: '{"object_id":' })).status).toBe(400);
      expect((await fixtures.client.post(path, undefined, { rawBody: 'x', contentType: 'text/plain' })).status).toBe(
        400,
      );
    });

    it('the largest and smallest times that fit 64 bits are kept', async () => {
      const flow = await fixtures.flow();
      const extremes = ['[-9223372036:854775807_-9223372036:854775806)', '[9223372036:854775805]'];
      await fixtures.fill(flow, extremes);
      expect(await fixtures.timeranges(flow)).toEqual(extremes);
      expect(await fixtures.timeranges(flow, { timerange: '[9223372036:854775805_' })).toEqual([extremes[1]]);
      expect(await fixtures.timeranges(flow, { timerange: '_-9223372036:854775807]' })).toEqual([extremes[0]]);
    });
  });

  describe('overlap', () => {
    let flow: string;
    beforeAll(async () => {
      flow = await fixtures.flow();
      await fixtures.fill(flow, ['[10:0_20:0)', '[20:0]', '[30:0_40:0]']);
    });

    it.each([
      ['[10:0_20:0)'],
      ['[0:0_10:0]'],
      ['[19:999999999]'],
      ['[15:0_16:0)'],
      ['[5:0_50:0)'],
      ['[20:0]'],
      ['[20:0_20:1)'],
      ['[18:0_25:0)'],
      ['[40:0]'],
      ['[40:0_41:0)'],
      ['[25:0_30:0]'],
    ])('%s meets what is there: 400', async (timerange) => {
      expect(await refusal(flow, { object_id: await fixtures.object(flow), timerange })).toBe('segment-overlap');
    });

    it('what only touches is accepted', async () => {
      const touching = ['[9:0_10:0)', '[20:1_30:0)', '[40:1_41:0)'];
      await fixtures.fill(flow, touching);
      expect(await fixtures.timeranges(flow)).toEqual([
        '[9:0_10:0)',
        '[10:0_20:0)',
        '[20:0]',
        '[20:1_30:0)',
        '[30:0_40:0]',
        '[40:1_41:0)',
      ]);
    });

    it('other Flows have timelines of their own', async () => {
      await fixtures.fill(await fixtures.flow(), ['[10:0_20:0)']);
    });

    it('a request repeated after a lost answer learns that the segment is there', async () => {
      const own = await fixtures.flow();
      const segment = { object_id: await fixtures.object(own), timerange: '[0:0_1:0)' };
      expect((await fixtures.register(own, segment)).status).toBe(201);
      expect(await refusal(own, segment)).toBe('segment-exists');
      expect(await refusal(own, { ...segment, timerange: '0:0_1:0)' })).toBe('segment-exists');
      const again = await fixtures.register<FailedSegments>(own, [segment]);
      expect(again.body.failed_segments.map(({ error }) => error.type)).toEqual(['segment-exists']);
      expect(await fixtures.timeranges(own)).toEqual(['[0:0_1:0)']);
    });
  });

  describe('a list', () => {
    it('goes on past segments that fail, and reports each of them', async () => {
      const flow = await fixtures.flow();
      const [a, b, c, d] = await fixtures.allocate(flow, 4);
      await fixtures.fill(flow, ['[100:0_101:0)']);
      const before = Date.now();
      const response = await fixtures.register<FailedSegments>(flow, [
        { object_id: a, timerange: '[1:0_2:0)' },
        { object_id: 'unknown', timerange: '[2:0_3:0)' },
        { object_id: b, timerange: '[1:5_1:6)' },
        { object_id: c, timerange: '[100:0_100:1)' },
        { object_id: d, timerange: '[0:0_1:0)' },
      ]);
      expect(response.status).toBe(200);
      const { failed_segments: failed } = response.body;
      expect(failed.map((segment) => [segment.object_id, segment.timerange, segment.error.type])).toEqual([
        ['unknown', '[2:0_3:0)', 'object-unknown'],
        [b, '[1:5_1:6)', 'segment-overlap'],
        [c, '[100:0_100:1)', 'segment-overlap'],
      ]);
      expect(failed[1]?.error.summary).toContain('[1:0_2:0)');
      expect(failed[2]?.error.summary).toContain('[100:0_101:0)');
      expect(Date.parse(failed[0]!.error.time)).toBeGreaterThanOrEqual(before);
      expect(await fixtures.timeranges(flow)).toEqual(['[0:0_1:0)', '[1:0_2:0)', '[100:0_101:0)']);
      // What failed left nothing behind: the objects can still be registered.
      expect((await fixtures.register(flow, { object_id: b, timerange: '[5:0_6:0)' })).status).toBe(201);
    });

    it('sets malformed items aside', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      const { status, body } = await fixtures.registerMalformed(flow, [
        { object_id: 'a', timerange: 'yesterday' },
        { object_id: object, timerange: '[0:0_1:0)' },
        { object_id: 'b', timerange: '[0:0_1:0)', ts_offset: 'x' },
        { object_id: 7, timerange: '[3:0_4:0)' },
        null,
        'segment',
        [],
      ]);
      expect(status).toBe(200);
      expect(body.failed_segments.map((failed) => [failed.object_id, failed.timerange])).toEqual([
        ['a', undefined],
        ['b', '[0:0_1:0)'],
        ['', '[3:0_4:0)'],
        ['', undefined],
        ['', undefined],
        ['', undefined],
      ]);
      expect(body.failed_segments.every(({ error }) => error.type === 'validation-failed')).toBe(true);
      expect(body.failed_segments[2]?.error.summary).toContain('body.3.object_id');
      expect(await fixtures.timeranges(flow)).toEqual(['[0:0_1:0)']);
    });

    it('with more malformed items than a hundred is refused whole, in few words', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      const good = { object_id: object, timerange: '[0:0_1:0)' };
      const many = [good, ...Array.from({ length: 9_999 }, () => ({ object_id: 7, timerange: {} }))];
      const { status, body } = await fixtures.registerMalformed(flow, many);
      expect(status).toBe(400);
      const problem = body as unknown as { errors: readonly { path: string; message: string }[] };
      expect(problem.errors).toEqual([
        { path: 'body', message: expect.stringContaining('more than 100 malformed segments') as unknown },
      ]);
      expect(JSON.stringify(body).length).toBeLessThan(2000);
      expect(await fixtures.timeranges(flow)).toEqual([]);
      expect((await fixtures.registerMalformed(flow, many.slice(0, 101))).status).toBe(200);
    });

    it('of which all fail answers 200 too', async () => {
      const flow = await fixtures.flow();
      const response = await fixtures.register<FailedSegments>(flow, [
        { object_id: 'unknown', timerange: '[0:0_1:0)' },
      ]);
      expect(response.status).toBe(200);
      expect(response.body.failed_segments).toHaveLength(1);
    });

    it('may come in any order', async () => {
      const flow = await fixtures.flow();
      const shuffled = seconds(200)
        .map((timerange, index) => ({ timerange, place: (index * 7919) % 200 }))
        .sort((a, b) => a.place - b.place)
        .map(({ timerange }) => timerange);
      await fixtures.fill(flow, shuffled);
      expect(await fixtures.timeranges(flow, { limit: 1000 })).toEqual(seconds(200));
      expect(await flowFacts(flow)).toMatchObject({ segment_count: '200', last_end_ns: '200000000000' });
    });

    it('of 10,000 is registered', async () => {
      const flow = await fixtures.flow();
      await fixtures.fill(flow, seconds(10_000));
      expect(await flowFacts(flow)).toMatchObject({ segment_count: '10000' });
    });
  });

  describe('objects', () => {
    it('must be known', async () => {
      const flow = await fixtures.flow();
      expect(await refusal(flow, { object_id: 'unknown', timerange: '[0:0_1:0)' })).toBe('object-unknown');
      expect(await refusal(flow, { object_id: 'unknown', timerange: '[0:0_1:0)', get_urls: [] })).toBe(
        'object-unknown',
      );
    });

    it('allocated for another Flow wait until that one registered them', async () => {
      const [mine, theirs] = [await fixtures.flow(), await fixtures.flow()];
      const object = await fixtures.object(theirs);
      const segment = { object_id: object, timerange: '[0:0_1:0)' };
      expect(await refusal(mine, segment)).toBe('object-of-another-flow');
      expect(await refusal(mine, { ...segment, get_urls: [externalUrl('a')] })).toBe('object-of-another-flow');
      expect((await fixtures.register(theirs, segment)).status).toBe(201);
      expect((await fixtures.register(mine, segment)).status).toBe(201);
      expect(await fixtures.timeranges(mine)).toEqual(['[0:0_1:0)']);
    });

    it('are used again within what they hold', async () => {
      const [flow, other] = [await fixtures.flow(), await fixtures.flow()];
      const object = await registered(flow, '[100:0_110:0)', { ts_offset: '90:0' });
      const use = (timerange: string, ts_offset?: string): unknown => ({
        object_id: object,
        timerange,
        ...(ts_offset && { ts_offset }),
      });
      expect((await fixtures.register(other, use('[10:0_20:0)'))).status).toBe(201);
      expect((await fixtures.register(other, use('[1000:0_1005:0)', '990:0'))).status).toBe(201);
      expect((await fixtures.register(other, use('[1005:0_1010:0)', '990:0'))).status).toBe(201);
      expect(await refusal(other, use('[30:0_40:0)'))).toBe('segment-outside-object');
      expect(await refusal(other, use('[2009:999999999_2015:0)', '2000:0'))).toBe('segment-outside-object');
      expect(await refusal(other, use('[2015:0_2020:0]', '2000:0'))).toBe('segment-outside-object');
      expect(await refusal(other, use('[2020:0]', '2000:0'))).toBe('segment-outside-object');
      expect((await fixtures.register(other, use('[2019:999999999]', '2000:0'))).status).toBe(201);
    });

    it('hold what object_timerange says at first registration, and the segment lies within', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      const segment = { object_id: object, timerange: '[10:0_20:0)', ts_offset: '10:0' };
      expect(await refusal(flow, { ...segment, object_timerange: '[1:0_10:0)' })).toBe('segment-outside-object');
      expect(await refusal(flow, { ...segment, object_timerange: '[0:0_9:0)' })).toBe('segment-outside-object');
      expect((await fixtures.register(flow, { ...segment, object_timerange: '[0:0_30:0)' })).status).toBe(201);
      const rest = { object_id: object, timerange: '[20:0_40:0)', ts_offset: '10:0' };
      expect((await fixtures.register(flow, rest)).status).toBe(201);
    });

    test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ['key_frame_count', { key_frame_count: 3 }, { key_frame_count: 4 }],
      ['key_frame_count', {}, { key_frame_count: 4 }],
      ['object_timerange', {}, { object_timerange: '[0:0_11:0)' }],
      ['object_timerange', { object_timerange: '[0:0_11:0)' }, { object_timerange: '[0:0_10:0)' }],
      ['init_object_id', {}, { init_object_id: 'something' }],
    ])('keep their %s when used again', async (field, first, second) => {
      const [flow, other] = [await fixtures.flow(), await fixtures.flow()];
      const object = await registered(flow, '[0:0_10:0)', first);
      const segment = { object_id: object, timerange: '[0:0_10:0)' };
      const response = await fixtures.register(other, { ...segment, ...second });
      expect(response.status).toBe(400);
      expect(codeOf(response)).toBe('object-conflict');
      expect(response.body.errors?.[0]?.path).toBe(`body.${field}`);
      expect((await fixtures.register(other, { ...segment, ...first })).status).toBe(201);
    });

    it('may be used many times by one list, from its first registration on', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      const response = await fixtures.register<FailedSegments>(flow, [
        { object_id: object, timerange: '[0:0_10:0)', key_frame_count: 2 },
        { object_id: object, timerange: '[10:0_20:0)', ts_offset: '10:0' },
        { object_id: object, timerange: '[20:0_30:0)', ts_offset: '15:0' },
        { object_id: object, timerange: '[30:0_40:0)', ts_offset: '30:0', key_frame_count: 3 },
        { object_id: object, timerange: '[40:0_50:0)', ts_offset: '40:0', key_frame_count: 2 },
      ]);
      expect(response.body.failed_segments.map((failed) => [failed.timerange, failed.error.type])).toEqual([
        ['[20:0_30:0)', 'segment-outside-object'],
        ['[30:0_40:0)', 'object-conflict'],
      ]);
      expect(await fixtures.timeranges(flow)).toEqual(['[0:0_10:0)', '[10:0_20:0)', '[40:0_50:0)']);
    });
  });

  describe('objects held elsewhere', () => {
    it('come with their URLs', async () => {
      const flow = await fixtures.flow();
      const object_id = `external/${randomUUID()}`;
      const first = { object_id, timerange: '[0:0_1:0)', get_urls: [externalUrl('a')], key_frame_count: 1 };
      expect((await fixtures.register(flow, first)).status).toBe(201);
      const other = await fixtures.flow();
      expect((await fixtures.register(other, { object_id, timerange: '[0:0_1:0)' })).status).toBe(201);
      const [segment] = (await fixtures.list(other)).body;
      expect(segment).toMatchObject({ object_id, key_frame_count: 1 });
      expect(segment?.get_urls).toMatchObject([externalUrl('a')]);
    });

    it('and known ones take new labels, never another URL for a label', async () => {
      const flow = await fixtures.flow();
      const object_id = await registered(flow, '[0:0_1:0)', { get_urls: [externalUrl('a')] });
      const again = (second: number, ...get_urls: unknown[]): unknown => ({
        object_id,
        timerange: `[${second}:0_${second + 1}:0)`,
        ts_offset: `${second}:0`,
        get_urls,
      });
      expect(await refusal(flow, again(1, externalUrl('a', 'other')))).toBe('get-url-conflict');
      expect((await fixtures.register(flow, again(1, externalUrl('a'), externalUrl('b')))).status).toBe(201);
      const batch = await fixtures.register<FailedSegments>(flow, [
        again(2, externalUrl('c')),
        again(3, externalUrl('c', 'other')),
        again(4, externalUrl('c')),
      ]);
      expect(batch.body.failed_segments.map(({ error }) => error.type)).toEqual(['get-url-conflict']);
      const labels = (await fixtures.list(flow)).body.map((segment) => segment.get_urls.map(({ label }) => label));
      expect(labels).toEqual(Array(4).fill(['a', 'b', 'c']));
    });

    it('cannot take the label of a storage backend', async () => {
      const flow = await fixtures.flow();
      const { body } = await fixtures.client.get<{ label?: string }[]>('/service/storage-backends');
      const label = body.find((backend) => backend.label !== undefined)!.label!;
      const segment = { object_id: `external-${randomUUID()}`, timerange: '[0:0_1:0)' };
      expect(await refusal(flow, { ...segment, get_urls: [externalUrl(label, 'x')] })).toBe('get-url-label-reserved');
    });

    it('are made once when many Flows bring them at the same moment', async () => {
      const object_id = `external-${randomUUID()}`;
      const flows = await Promise.all(Array.from({ length: 12 }, () => fixtures.flow()));
      const segment = { object_id, timerange: '[0:0_1:0)', get_urls: [externalUrl('a')] };
      const answers = await Promise.all(flows.map((flow) => fixtures.register(flow, segment)));
      expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201));
      const { rows } = await fixtures.database.query('SELECT url FROM object_instances WHERE object_id = $1', [
        object_id,
      ]);
      expect(rows).toHaveLength(1);
    });
  });

  describe('initialisation objects', () => {
    it('are taken over from the Flow they were allocated for, and shared from then on', async () => {
      const [flow, other] = [await fixtures.initFlow(), await fixtures.initFlow()];
      const [a, b, init] = await fixtures.allocate(flow, 3);
      const [c, foreign] = await fixtures.allocate(other, 2);
      expect(await refusal(other, { object_id: c, init_object_id: init, timerange: '[0:0_1:0)' })).toBe(
        'object-of-another-flow',
      );
      const list = [
        { object_id: a, init_object_id: init, timerange: '[0:0_1:0)' },
        { object_id: b, init_object_id: init, timerange: '[1:0_2:0)' },
      ];
      expect((await fixtures.register(flow, list)).status).toBe(201);
      expect(
        (await fixtures.register(other, { object_id: c, init_object_id: init, timerange: '[0:0_1:0)' })).status,
      ).toBe(201);
      const reused = { object_id: a, timerange: '[1:0_2:0)', ts_offset: '1:0' };
      expect((await fixtures.register(other, reused)).status).toBe(201);
      const same = { object_id: b, init_object_id: init, timerange: '[2:0_3:0)', ts_offset: '1:0' };
      expect((await fixtures.register(other, same)).status).toBe(201);
      const another = { object_id: a, init_object_id: foreign, timerange: '[3:0_4:0)', ts_offset: '3:0' };
      expect(await refusal(other, another)).toBe('object-conflict');
      const inits = (await fixtures.list(other)).body.map((segment) => segment.init_object?.object_id);
      expect(inits).toEqual([init, init, init]);
    });

    it('must be known, and another object than the media', async () => {
      const flow = await fixtures.initFlow();
      const object = await fixtures.object(flow);
      const segment = { object_id: object, timerange: '[0:0_1:0)' };
      expect(await refusal(flow, { ...segment, init_object_id: 'unknown' })).toBe('object-unknown');
      expect(await refusal(flow, { ...segment, init_object_id: object })).toBe('object-role-conflict');
      const external = { object_id: 'external', timerange: '[0:0_1:0)', get_urls: [externalUrl('a')] };
      expect(await refusal(flow, { ...external, init_object_id: 'external' })).toBe('object-role-conflict');
    });

    it('never become media, nor media initialisation', async () => {
      const flow = await fixtures.initFlow();
      const [media, init, fresh] = await fixtures.allocate(flow, 3);
      await fixtures.register(flow, { object_id: media, init_object_id: init, timerange: '[0:0_1:0)' });
      const asMedia = { object_id: init, init_object_id: fresh, timerange: '[1:0_2:0)' };
      expect(await refusal(flow, asMedia)).toBe('object-role-conflict');
      expect(await refusal(await fixtures.flow(), { object_id: init, timerange: '[1:0_2:0)' })).toBe(
        'object-role-conflict',
      );
      const asInit = { object_id: fresh, init_object_id: media, timerange: '[1:0_2:0)' };
      expect(await refusal(flow, asInit)).toBe('object-role-conflict');
    });

    it('keep their role within one list too', async () => {
      const flow = await fixtures.initFlow();
      const [a, b, c, init] = await fixtures.allocate(flow, 4);
      const response = await fixtures.register<FailedSegments>(flow, [
        { object_id: a, init_object_id: init, timerange: '[0:0_1:0)' },
        { object_id: init, init_object_id: b, timerange: '[1:0_2:0)' },
        { object_id: c, init_object_id: a, timerange: '[2:0_3:0)' },
        // Nothing of what was refused sticks: b is free to be media.
        { object_id: b, init_object_id: init, timerange: '[3:0_4:0)' },
      ]);
      expect(response.body.failed_segments.map(({ object_id, error }) => [object_id, error.type])).toEqual([
        [init, 'object-role-conflict'],
        [c, 'object-role-conflict'],
      ]);
    });

    it('are needed exactly where the Flow says so', async () => {
      const [plain, flow] = [await fixtures.flow(), await fixtures.initFlow()];
      const [object, init] = await fixtures.allocate(plain, 2);
      const unexpected = await fixtures.register(plain, {
        object_id: object,
        init_object_id: init,
        timerange: '[0:0_1:0)',
      });
      expect([unexpected.status, codeOf(unexpected)]).toEqual([400, 'init-object-unexpected']);
      expect(unexpected.body.detail).toContain('init_segments');
      const missing = { object_id: await fixtures.object(flow), timerange: '[0:0_1:0)' };
      expect(await refusal(flow, missing)).toBe('init-object-required');
      // The same holds for objects registered before, by other Flows.
      await fixtures.register(plain, { object_id: object, timerange: '[0:0_1:0)' });
      expect(await refusal(flow, { object_id: object, timerange: '[0:0_1:0)' })).toBe('init-object-required');
      const [media, initialisation] = await fixtures.allocate(flow, 2);
      await fixtures.register(flow, { object_id: media, init_object_id: initialisation, timerange: '[0:0_1:0)' });
      expect(await refusal(plain, { object_id: media, timerange: '[5:0_6:0)', ts_offset: '5:0' })).toBe(
        'init-object-unexpected',
      );
    });
  });

  describe('many writers at once', () => {
    it('exactly one of those that want the same time gets it', async () => {
      const flow = await fixtures.flow();
      const objects = await fixtures.allocate(flow, 24);
      const answers = await Promise.all(
        objects.map((object_id) => fixtures.register(flow, { object_id, timerange: '[0:0_1:0)' })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400).map(codeOf)).toEqual(Array(23).fill('segment-overlap'));
      expect(await fixtures.timeranges(flow)).toHaveLength(1);
    });

    it('lists that overlap each other leave no overlap and lose nothing', async () => {
      const flow = await fixtures.flow();
      const writers = Array.from({ length: 24 }, (_, writer) => writer);
      const lists = await Promise.all(
        writers.map(async (writer) => {
          const ids = await fixtures.allocate(flow, 20);
          // Each writer's segments are 3 s long and begin at another second.
          return ids.map((object_id, index) => ({
            object_id,
            timerange: `[${writer + index * 3}:0_${writer + index * 3 + 3}:0)`,
          }));
        }),
      );
      const answers = await Promise.all(lists.map((list) => fixtures.register<FailedSegments | undefined>(flow, list)));
      const failed = answers.flatMap(({ body }) => body?.failed_segments ?? []);
      const stored = await fixtures.timeranges(flow, { limit: 1000 });
      expect(stored.length).toBe(24 * 20 - failed.length);
      // Whatever was refused lost its place to another.
      const taken = stored.map((timerange) => TimeRange.parse(timerange));
      for (const { timerange } of failed) {
        const wanted = TimeRange.parse(timerange!);
        expect(taken.some((range) => range.overlaps(wanted))).toBe(true);
      }
      const { rows } = await fixtures.database.query(
        `SELECT 1 FROM segments a JOIN segments b ON a.flow_id = b.flow_id AND a.end_ns < b.end_ns AND b.start_ns < a.end_ns
          WHERE a.flow_id = $1`,
        [flow],
      );
      expect(rows).toEqual([]);
      expect(await flowFacts(flow)).toMatchObject({ segment_count: String(stored.length) });
    });

    it('writers that share objects in different orders all finish', async () => {
      const owner = await fixtures.flow();
      const shared = await fixtures.fill(owner, seconds(30));
      const flows = await Promise.all(Array.from({ length: 20 }, () => fixtures.flow()));
      const answers = await Promise.all(
        flows.map((flow, writer) => {
          const rotated = [...shared.slice(writer), ...shared.slice(0, writer)];
          const urls = { get_urls: [externalUrl('common'), externalUrl(`writer-${writer}`)] };
          return fixtures.register(
            flow,
            (writer % 2 === 0 ? rotated : rotated.reverse()).map((segment) => ({ ...segment, ...urls })),
          );
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
      const [segment] = (await fixtures.list(owner, { limit: 1 })).body;
      expect(segment?.get_urls).toHaveLength(21);
    });

    it('one object is first registered by one of them', async () => {
      const flow = await fixtures.flow();
      const object_id = await fixtures.object(flow);
      const answers = await Promise.all(
        seconds(20).map((timerange, index) =>
          fixtures.register(flow, { object_id, timerange, ts_offset: `${index}:0`, key_frame_count: index }),
        ),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400).map(codeOf)).toEqual(Array(19).fill('object-conflict'));
    });
  });
});

it('problems carry the code, and the field of the segment', async () => {
  const response = await fixtures.register(await fixtures.flow(), {
    object_id: 'unknown',
    timerange: '[0:0_1:0)',
  });
  expect(response.body.errors?.[0]?.path).toBe('body.object_id');
});
