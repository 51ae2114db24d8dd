import { randomUUID } from 'node:crypto';
import { TimeRange } from '@tams/timing';
import fc from 'fast-check';
import { videoFlow } from '../support/flow-fixtures';
import { externalUrl, type Problem, type ReadSegment, seconds, TestWorld } from '../support/test-world';

let fixtures: TestWorld;
beforeAll(async () => {
  fixtures = await TestWorld.start();
});
afterAll(() => fixtures.stop());

describe('GET /flows/{flowId}/segments', () => {
  it('a Flow nobody made has no segments', async () => {
    const response = await fixtures.list(randomUUID());
    expect(response.status).toBe(200);
    expect(response.body).toEqual([]);
    expect(response.headers.get('x-paging-count')).toBe('0');
    expect(response.headers.get('x-paging-limit')).toBe('100');
    expect(response.headers.get('x-paging-timerange')).toBe('()');
    expect(response.headers.get('x-paging-reverse-order')).toBe('false');
    expect(response.headers.get('x-paging-nextkey')).toBeNull();
    expect(response.headers.get('link')).toBeNull();
  });

  it.each(['not-a-uuid', '00000000-0000-0000-0000-00000000000', 'ABCDEF00-0000-4000-8000-000000000000'])(
    'the malformed Flow id %s is 404',
    async (flowId) => {
      expect((await fixtures.list(flowId)).status).toBe(404);
    },
  );

  it('HEAD answers with the headers of GET', async () => {
    const flow = await fixtures.flow();
    await fixtures.fill(flow, seconds(3));
    const response = await fixtures.client.head(`/flows/${flow}/segments`, { query: { limit: 2 } });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-paging-count')).toBe('2');
    expect(response.headers.get('x-paging-timerange')).toBe('[0:0_2:0)');
    expect(response.headers.get('link')).toContain('rel="next"');
  });

  it.each([
    ['timerange', 'yesterday'],
    ['timerange', '[1.5:0_2:0)'],
    ['limit', '0'],
    ['limit', 'ten'],
    ['reverse_order', 'yes'],
    ['include_object_timerange', '1'],
    ['verbose_storage', 'maybe'],
    ['presigned', ''],
    ['accept_storage_ids', 'abc'],
    ['accept_get_urls', ',a'],
    ['object_id', ''],
    ['page', 'forged'],
    ['page', Buffer.from('{"end":"99999999999999999999","reverse":false}').toString('base64url')],
    ['page', Buffer.from('{"end":"9223372036854775808","reverse":false}').toString('base64url')],
    ['storage_backend_tag_exists.x', 'perhaps'],
  ])('the query %s=%j is 400 and names the parameter', async (name, value) => {
    const path = `/flows/${randomUUID()}/segments`;
    const response = await fixtures.client.get<Problem>(path, { query: { [name]: value } });
    expect(response.status).toBe(400);
    expect(response.body.errors?.[0]?.path.split('.')[1]).toBe(name.split('.')[0]);
  });

  describe('what a segment shows', () => {
    it('exactly what was given, in the words it was given in', async () => {
      const flow = await fixtures.flow();
      const [full, bare] = await fixtures.allocate(flow, 2);
      const given = {
        object_id: full!,
        timerange: '10:0_20:0)',
        ts_offset: '-0:0',
        last_duration: '0:40000000',
        sample_offset: 3,
        sample_count: 9_007_199_254_740_991,
        key_frame_count: 0,
      };
      expect((await fixtures.register(flow, given)).status).toBe(201);
      expect((await fixtures.register(flow, { object_id: bare, timerange: '[20:0]' })).status).toBe(201);
      const { body } = await fixtures.list(flow);
      expect(body).toEqual([
        { ...given, get_urls: [] },
        { object_id: bare, timerange: '[20:0]', get_urls: [] },
      ]);
    });

    it('nanoseconds beyond what a JavaScript number holds', async () => {
      const flow = await fixtures.flow();
      const timerange = '[1767225600:123456789_1767225600:123456790)';
      await fixtures.fill(flow, [timerange]);
      expect(await fixtures.timeranges(flow, { timerange: '[1767225600:123456789]' })).toEqual([timerange]);
      expect(await fixtures.timeranges(flow, { timerange: '[1767225600:123456790]' })).toEqual([]);
      expect(await fixtures.timeranges(flow, { timerange: '[1767225600:123456788]' })).toEqual([]);
    });

    it('the timerange of the object when asked for', async () => {
      const flow = await fixtures.flow();
      const [whole, part] = await fixtures.allocate(flow, 2);
      await fixtures.register(flow, [
        { object_id: whole, timerange: '[10:0_20:0)', ts_offset: '8:0' },
        { object_id: part, timerange: '[20:0_30:0)', object_timerange: '0:0_30:0)' },
      ]);
      const asked = await fixtures.list(flow, { include_object_timerange: true });
      expect(asked.body.map((segment) => segment.object_timerange)).toEqual(['[2:0_12:0)', '0:0_30:0)']);
      const silent = await fixtures.list(flow);
      expect(silent.body.every((segment) => segment.object_timerange === undefined)).toBe(true);
    });

    it('the initialisation object, and get_urls of both as they are filtered', async () => {
      const flow = await fixtures.initFlow();
      const [media, init] = await fixtures.allocate(flow, 2);
      await fixtures.database.query(
        `INSERT INTO object_instances (object_id, label, url) VALUES ($1, 'cdn', 'https://cdn.example.com/init.mp4')`,
        [init],
      );
      const urls = [externalUrl('cdn'), externalUrl('archive')];
      const posted = { object_id: media, init_object_id: init, timerange: '[0:0_1:0)', get_urls: urls };
      expect((await fixtures.register(flow, posted)).status).toBe(201);
      const [segment] = (await fixtures.list(flow)).body;
      expect(segment?.get_urls).toMatchObject(urls);
      expect(segment?.init_object?.object_id).toBe(init);
      expect(segment?.init_object?.get_urls.map(({ url }) => url)).toEqual(['https://cdn.example.com/init.mp4']);

      const [archived] = (await fixtures.list(flow, { accept_get_urls: 'archive' })).body;
      expect(archived?.get_urls.map(({ label }) => label)).toEqual(['archive']);
      expect(archived?.init_object).toEqual({ object_id: init, get_urls: [] });

      const [none] = (await fixtures.list(flow, { accept_get_urls: '' })).body;
      expect(none?.get_urls).toEqual([]);
      expect(none?.init_object).toEqual({ object_id: init, get_urls: [] });
    });
  });

  describe('objects on a storage backend', () => {
    it('come with URLs that every filter applies to', async () => {
      const flow = await fixtures.flow();
      const backends = await fixtures.client.get<{ id: string; label?: string }[]>('/service/storage-backends');
      const { id, label } = backends.body[0]!;
      const allocated = await fixtures.client.post<{ media_objects: { object_id: string }[] }>(
        `/flows/${flow}/storage`,
        { limit: 1 },
      );
      const { object_id } = allocated.body.media_objects[0]!;
      const segment = { object_id, timerange: '[0:0_1:0)', get_urls: [externalUrl('elsewhere')] };
      expect((await fixtures.register(flow, segment)).status).toBe(201);

      const urls = async (query: Readonly<Record<string, string | boolean>> = {}): Promise<ReadSegment['get_urls']> =>
        (await fixtures.list(flow, query)).body[0]!.get_urls;
      expect(await urls({ presigned: true })).toMatchObject([{ label, presigned: true }]);
      expect((await urls({ accept_storage_ids: id })).every((url) => url.label === label)).toBe(true);
      expect(await urls({ accept_get_urls: 'elsewhere' })).toMatchObject([externalUrl('elsewhere')]);
      expect((await urls({ presigned: true, verbose_storage: true }))[0]).toMatchObject({
        storage_id: id,
        controlled: true,
      });
      expect(await urls({ 'storage_backend_tag.no': 'such' })).toEqual([]);
      expect((await urls()).map((url) => url.label)).toEqual(expect.arrayContaining([label, 'elsewhere']));
    });
  });

  describe('timerange', () => {
    const stored = ['[0:0_1:0)', '[1:0_2:0)', '[2:0]', '[3:0_4:0]', '[6:0_7:0)'];
    let flow: string;
    beforeAll(async () => {
      flow = await fixtures.flow();
      await fixtures.fill(flow, stored);
    });

    it.each([
      ['_', stored],
      ['()', []],
      ['[0:0_1:0)', ['[0:0_1:0)']],
      ['[0:0_1:0]', ['[0:0_1:0)', '[1:0_2:0)']],
      ['(0:0_1:0)', ['[0:0_1:0)']],
      ['[1:0]', ['[1:0_2:0)']],
      ['1:0', ['[1:0_2:0)']],
      ['(1:0_2:0)', ['[1:0_2:0)']],
      ['[1:0_2:0]', ['[1:0_2:0)', '[2:0]']],
      ['[2:0]', ['[2:0]']],
      ['(2:0_3:0)', []],
      ['[2:0_3:0)', ['[2:0]']],
      ['(2:0_3:0]', ['[3:0_4:0]']],
      ['[4:0]', ['[3:0_4:0]']],
      ['(4:0_6:0)', []],
      ['[4:0_6:0)', ['[3:0_4:0]']],
      ['(4:0_6:0]', ['[6:0_7:0)']],
      ['[3:5_3:6)', ['[3:0_4:0]']],
      ['_0:0)', []],
      ['_0:0]', ['[0:0_1:0)']],
      ['_2:0)', ['[0:0_1:0)', '[1:0_2:0)']],
      ['_2:0', ['[0:0_1:0)', '[1:0_2:0)', '[2:0]']],
      ['[2:0_', ['[2:0]', '[3:0_4:0]', '[6:0_7:0)']],
      ['(2:0_', ['[3:0_4:0]', '[6:0_7:0)']],
      ['[7:0_', []],
      ['[6:999999999_', ['[6:0_7:0)']],
      ['[-99999999999999999999:0_99999999999999999999:0)', stored],
      ['[99999999999999999999:0_', []],
      ['_-99999999999999999999:0]', []],
      ['[5:0_4:0]', []],
    ])('%s selects %j', async (timerange, expected) => {
      expect(await fixtures.timeranges(flow, { timerange })).toEqual(expected);
      expect(await fixtures.timeranges(flow, { timerange, reverse_order: true })).toEqual([...expected].reverse());
    });

    it('agrees with a model that looks at every segment', async () => {
      // Even nanoseconds, so that whatever overlaps at all overlaps in a whole nanosecond.
      const instant = fc.integer({ min: -60, max: 60 }).map((half) => BigInt(half * 2));
      const query = fc
        .record({
          start: fc.option(instant),
          end: fc.option(instant),
          includesStart: fc.boolean(),
          includesEnd: fc.boolean(),
        })
        .map((parts) => TimeRange.of(parts));
      const segments = fc
        .uniqueArray(fc.integer({ min: -60, max: 60 }), { minLength: 2, maxLength: 16 })
        .chain((points) => {
          const sorted = points.sort((a, b) => a - b).map((half) => BigInt(half * 2));
          const pairs = sorted.slice(1).map((end, index) => ({ start: sorted[index]!, end }));
          // 0 leaves a gap, 1 and 2 fill the pair, 3 puts an instant at its start.
          return fc
            .array(fc.integer({ min: 0, max: 3 }), { minLength: pairs.length, maxLength: pairs.length })
            .map((kinds) =>
              pairs.flatMap(({ start, end }, index) => {
                if (kinds[index] === 0) return [];
                if (kinds[index] === 3) return [TimeRange.instant(start)];
                return [TimeRange.of({ start, end, includesEnd: false })];
              }),
            );
        });
      await fc.assert(
        fc.asyncProperty(segments, fc.array(query, { minLength: 5, maxLength: 5 }), async (ranges, queries) => {
          const model = await fixtures.flow();
          if (ranges.length > 0) await fixtures.fill(model, ranges.map(String));
          for (const asked of queries) {
            const expected = ranges.filter((range) => range.overlaps(asked)).map(String);
            expect(await fixtures.timeranges(model, { timerange: String(asked) })).toEqual(expected);
            const pages: string[] = [];
            const request = { query: { timerange: String(asked), limit: 2, reverse_order: true } };
            for await (const page of fixtures.client.pages<ReadSegment[]>(`/flows/${model}/segments`, request)) {
              pages.unshift(...page.body.map((segment) => segment.timerange).reverse());
            }
            expect(pages).toEqual(expected);
          }
        }),
        { numRuns: 25, seed: 20261123, endOnFailure: true },
      );
    });
  });

  describe('object_id', () => {
    it('selects the segments of one object, with every other condition', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      await fixtures.register(flow, { object_id: object, timerange: '[0:0_1:0)' });
      await fixtures.fill(flow, ['[1:0_2:0)', '[3:0_4:0)']);
      await fixtures.register(flow, [
        { object_id: object, timerange: '[2:0_3:0)', ts_offset: '2:0' },
        { object_id: object, timerange: '[4:0_5:0)', ts_offset: '4:0' },
      ]);
      const mine = { object_id: object };
      expect(await fixtures.timeranges(flow, mine)).toEqual(['[0:0_1:0)', '[2:0_3:0)', '[4:0_5:0)']);
      expect(await fixtures.timeranges(flow, { ...mine, timerange: '[1:0_4:0)' })).toEqual(['[2:0_3:0)']);
      const first = await fixtures.list(flow, { ...mine, limit: 2, reverse_order: true });
      expect(first.body.map((segment) => segment.timerange)).toEqual(['[4:0_5:0)', '[2:0_3:0)']);
      const second = await fixtures.client.next<ReadSegment[]>(first);
      expect(second?.body.map((segment) => segment.timerange)).toEqual(['[0:0_1:0)']);
      expect(await fixtures.timeranges(flow, { object_id: 'nobody knows' })).toEqual([]);
      expect(await fixtures.timeranges(await fixtures.flow(), mine)).toEqual([]);
    });
  });

  describe('paging', () => {
    it('says what a page covers, and links to the next only when there is one', async () => {
      const flow = await fixtures.flow();
      await fixtures.fill(flow, ['[0:0_1:0)', '[2:0_3:0]', '[4:0]', '[5:0_6:0)']);
      const first = await fixtures.list(flow, { limit: 2 });
      expect(first.headers.get('x-paging-timerange')).toBe('[0:0_3:0]');
      expect(first.headers.get('x-paging-limit')).toBe('2');
      expect(first.headers.get('x-paging-count')).toBe('2');
      const second = await fixtures.client.next<ReadSegment[]>(first);
      expect(second?.body.map((segment) => segment.timerange)).toEqual(['[4:0]', '[5:0_6:0)']);
      expect(second?.headers.get('x-paging-timerange')).toBe('[4:0_6:0)');
      expect(second?.headers.get('link')).toBeNull();
      expect(second?.headers.get('x-paging-nextkey')).toBeNull();
      const backwards = await fixtures.list(flow, { limit: 3, reverse_order: true });
      expect(backwards.headers.get('x-paging-timerange')).toBe('[2:0_6:0)');
      expect(backwards.headers.get('x-paging-reverse-order')).toBe('true');
    });

    it('the key of a page works as a parameter, with a limit of its own', async () => {
      const flow = await fixtures.flow();
      await fixtures.fill(flow, seconds(5));
      const key = (await fixtures.list(flow, { limit: 1 })).headers.get('x-paging-nextkey')!;
      expect(await fixtures.timeranges(flow, { page: key, limit: 10 })).toEqual(seconds(4, 1));
    });

    it('a key of the other direction is refused', async () => {
      const flow = await fixtures.flow();
      await fixtures.fill(flow, seconds(3));
      const key = (await fixtures.list(flow, { limit: 1 })).headers.get('x-paging-nextkey')!;
      const response = await fixtures.client.get<Problem>(`/flows/${flow}/segments`, {
        query: { page: key, reverse_order: true },
      });
      expect(response.status).toBe(400);
    });

    it('serves at most 1000, and says so', async () => {
      const flow = await fixtures.flow();
      await fixtures.fill(flow, seconds(1001));
      const response = await fixtures.list(flow, { limit: 5000 });
      expect(response.body).toHaveLength(1000);
      expect(response.headers.get('x-paging-limit')).toBe('1000');
      expect(await fixtures.timeranges(flow)).toEqual(seconds(100));
    });

    it.each([false, true])('stays right while segments are added (reverse_order %s)', async (reverse) => {
      const flow = await fixtures.flow();
      const even = seconds(40).filter((_, index) => index % 4 === 0);
      await fixtures.fill(flow, even);
      const seen: string[] = [];
      let added = 0;
      const request = { query: { limit: 3, reverse_order: reverse } };
      for await (const page of fixtures.client.pages<ReadSegment[]>(`/flows/${flow}/segments`, request)) {
        seen.push(...page.body.map((segment) => segment.timerange));
        // Before everything, after everything, and in gaps on both sides of the page.
        await fixtures.fill(flow, [
          `[-${added + 2}:0_-${added + 1}:0)`,
          `[${1000 + added}:0_${1000 + added}:1)`,
          `[${added * 4 + 1}:0_${added * 4 + 2}:0)`,
          `[${38 - added * 4}:0_${39 - added * 4}:0)`,
        ]);
        added += 1;
        if (added === 9) break;
      }
      expect(new Set(seen).size).toBe(seen.length);
      const inOrder = [...seen].sort((a, b) => Number(TimeRange.parse(a).start! - TimeRange.parse(b).start!));
      expect(seen).toEqual(reverse ? inOrder.reverse() : inOrder);
      expect(seen.filter((timerange) => even.includes(timerange))).toHaveLength(even.length);
    });
  });
});

describe('the timerange of a Flow', () => {
  it.each([
    ['[0:999999999_1:0]', '[0:0_1:0)'],
    // Between the last nanosecond of the segment and its excluded end lies none that is stored.
    ['(0:999999999_1:0]', '()'],
    ['(0:999999999_2:0]', '[2:0_3:0)'],
    ['[1:0_2:0)', '()'],
    ['_', '[0:0_3:0)'],
  ])('within %s is that of the segments listed there: %s', async (within, expected) => {
    const { id: flow, ...metadata } = videoFlow();
    await fixtures.client.put(`/flows/${flow}`, { id: flow, ...metadata });
    await fixtures.fill(flow, ['[0:0_1:0)', '[2:0_3:0)']);
    const query = { include_timerange: true, timerange: within };
    const read = await fixtures.client.get<{ timerange: string }>(`/flows/${flow}`, { query });
    expect(read.body.timerange).toBe(expected);
    const listed = await fixtures.list(flow, { timerange: within });
    expect(listed.headers.get('x-paging-timerange')).toBe(expected);
  });
});
