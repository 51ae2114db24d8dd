import { setTimeout as delay } from 'node:timers/promises';
import { TestWorld, seconds } from '../support/test-world';
import { startTestServer, type TestServer } from '../support/test-server';
import { readMediaPlaylist } from './support/hls';

let fixtures: TestWorld;
let replica: TestServer;
beforeAll(async () => {
  fixtures = await TestWorld.start({ PLAYBACK_LIVE_WINDOW_SECONDS: '10' });
  replica = await startTestServer({
    DATABASE_URL: fixtures.databaseUrl,
    DATA_DIR: fixtures.dataDirectory,
    PLAYBACK_LIVE_WINDOW_SECONDS: '10',
  });
});
afterAll(async () => {
  await replica.stop();
  await fixtures.stop();
});

const growing = (document: Record<string, unknown> = {}): Promise<string> =>
  fixtures.flow({ status: 'ingesting', ...document });
const output = (flowId: string): string => `/flows/${flowId}/output.m3u8`;

interface Listed {
  readonly numbers: readonly (readonly [sequence: number, discontinuity: number, entry: string])[];
  readonly text: string;
  readonly targetDuration: number;
  readonly ended: boolean;
}

/** A live playlist as pairs of number and entry. */
async function listed(server: { url: string }, flowId: string, query = ''): Promise<Listed> {
  const { text, parsed } = await readMediaPlaylist(server, `${output(flowId)}${query}`);
  let discontinuity = parsed.discontinuitySequenceBase ?? 0;
  const numbers = parsed.segments.map((segment, index) => {
    if (segment.discontinuity) discontinuity += 1;
    const entry = segment.gap ? `gap of ${segment.duration}` : segment.uri;
    return [(parsed.mediaSequenceBase ?? 0) + index, discontinuity, entry] as const;
  });
  return { numbers, text, targetDuration: parsed.targetDuration, ended: parsed.endlist };
}

const entryAt = (second: number): string => `output/${second}000000000.ts`;

describe('a live playlist', () => {
  it('is a window at the end, whose entries keep their numbers on every replica', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(30));
    const first = await listed(fixtures, flowId);
    expect(first.numbers.map(([, , entry]) => entry)).toEqual(
      Array.from({ length: 10 }, (_, index) => entryAt(21 + index)),
    );
    expect(first.numbers[0]?.[0]).toBe(20);
    expect(first.ended).toBe(false);
    expect(first.text).not.toContain('PLAYLIST-TYPE');
    expect(first.text).toContain('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES');
    await fixtures.fill(flowId, seconds(3, 30));
    const [here, there] = await Promise.all([listed(fixtures, flowId), listed(replica, flowId)]);
    expect(here.text).toBe(there.text);
    expect(here.numbers[0]).toEqual([23, 0, entryAt(24)]);
    const known = new Map(first.numbers.map(([number, , entry]) => [number, entry]));
    for (const [number, , entry] of here.numbers) expect(known.get(number) ?? entry).toBe(entry);
  });

  it('goes further back when it is asked to', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(30));
    await listed(fixtures, flowId);
    const { numbers } = await listed(fixtures, flowId, '?timerange=[5:0_8:0)');
    expect(numbers.map(([number, , entry]) => [number, entry])).toEqual([
      [5, entryAt(6)],
      [6, entryAt(7)],
      [7, entryAt(8)],
    ]);
  });

  it('waits a moment before it calls a hole a gap, and never takes that back', async () => {
    const flowId = await growing();
    const settle = (): Promise<unknown> =>
      fixtures.database.query(`UPDATE objects SET registered = registered - interval '1 minute'`);
    await fixtures.fill(flowId, seconds(3));
    expect((await listed(fixtures, flowId)).numbers).toHaveLength(3);
    await fixtures.fill(flowId, ['[4:0_5:0)']);
    expect((await listed(fixtures, flowId)).numbers).toHaveLength(3);
    await fixtures.fill(flowId, ['[3:0_4:0)']);
    expect((await listed(fixtures, flowId)).numbers.map(([, , entry]) => entry)).toEqual([1, 2, 3, 4, 5].map(entryAt));
    await fixtures.fill(flowId, ['[6:0_7:0)']);
    await settle();
    const gap = [entryAt(5), 'gap of 1', entryAt(7)];
    expect((await listed(fixtures, flowId)).numbers.map(([, , entry]) => entry).slice(-3)).toEqual(gap);
    await fixtures.fill(flowId, ['[5:0_6:0)']);
    expect((await listed(replica, flowId)).numbers.map(([, , entry]) => entry).slice(-3)).toEqual(gap);
    const whole = await readMediaPlaylist(fixtures, `${output(flowId)}?type=vod`);
    expect(whole.parsed.segments.map(({ uri }) => uri)).toEqual([1, 2, 3, 4, 5, 6, 7].map(entryAt));
  });

  it('shows a deleted Segment as a gap under its number', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(4));
    await listed(fixtures, flowId);
    await fixtures.client.delete(`/flows/${flowId}/segments`, { query: { timerange: '[1:0_2:0)' } });
    expect((await listed(fixtures, flowId)).numbers.map(([, , entry]) => entry)).toEqual([
      entryAt(1),
      'gap of 1',
      entryAt(3),
      entryAt(4),
    ]);
  });

  it('answers a player that waits as soon as the Segment is registered', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(2));
    const { numbers } = await listed(fixtures, flowId);
    const next = numbers.at(-1)![0] + 1;
    const waiting = listed(replica, flowId, `?_HLS_msn=${next}`);
    expect(await Promise.race([waiting.then(() => 'answered'), delay(400, 'waiting')])).toBe('waiting');
    await fixtures.fill(flowId, ['[2:0_3:0)']);
    expect((await waiting).numbers.at(-1)).toEqual([next, 0, entryAt(3)]);
    const answer = await fetch(`${fixtures.url}${output(flowId)}?_HLS_msn=${next + 9}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('query._HLS_msn')]);
  });

  it('answers a player that waits for what does not come before the player gives up, which is after ten seconds', async () => {
    const flowId = await growing({ segment_duration: { numerator: 6 } });
    await fixtures.fill(flowId, seconds(2));
    const { numbers } = await listed(fixtures, flowId);
    const begin = performance.now();
    const again = await listed(fixtures, flowId, `?_HLS_msn=${numbers.at(-1)![0] + 1}`);
    expect(again.numbers).toEqual(numbers);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('ends when the Flow is closed, and stays as it is for those who watch', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(12));
    const before = await listed(fixtures, flowId);
    await fixtures.database.query(
      `UPDATE flows SET document = document || '{"status": "closed_complete"}' WHERE id = $1`,
      [flowId],
    );
    const after = await listed(fixtures, flowId);
    expect(after.ended).toBe(true);
    expect(after.numbers).toEqual(before.numbers);
    await fixtures.database.query(`UPDATE live_playlists SET published = published - interval '1 hour'`);
    expect((await listed(fixtures, flowId)).numbers).toHaveLength(12);
  });

  it('goes on under higher numbers after nobody has watched for long', async () => {
    const flowId = await growing();
    await fixtures.fill(flowId, seconds(4));
    const before = await listed(fixtures, flowId);
    await fixtures.fill(flowId, ['[90000:0_90001:0)', '[90001:0_90002:0)']);
    const after = await listed(fixtures, flowId);
    const [last] = before.numbers.slice(-1);
    expect(after.numbers).toEqual([
      [last![0] + 1, last![1] + 1, entryAt(90_001)],
      [last![0] + 2, last![1] + 1, entryAt(90_002)],
    ]);
  });

  it('agrees on numbers with Flows that are played together with it', async () => {
    const [picture, late] = [await growing(), await growing()];
    const source = 'UPDATE flows SET source_id = (SELECT source_id FROM flows WHERE id = $1) WHERE id = $2';
    await fixtures.database.query(source, [picture, late]);
    await fixtures.fill(picture, seconds(8));
    await fixtures.fill(late, seconds(4, 4));
    const first = await listed(fixtures, picture);
    const second = await listed(fixtures, late);
    expect(second.numbers).toEqual(first.numbers.slice(4));
  });

  it('keeps its target duration, which is that of the metadata at least', async () => {
    const flowId = await growing({ segment_duration: { numerator: 6 } });
    await fixtures.fill(flowId, seconds(2));
    expect((await listed(fixtures, flowId)).targetDuration).toBe(6);
    await fixtures.fill(flowId, ['[2:0_7:900000000)']);
    expect((await listed(fixtures, flowId)).targetDuration).toBe(6);
  });

  it('is what a Flow is played as whose last Segment is fresh, unless its status says otherwise', async () => {
    const isLive = async (flowId: string): Promise<boolean> => !(await listed(fixtures, flowId)).ended;
    const [silent, closed] = [await fixtures.flow(), await fixtures.flow({ status: 'closed_complete' })];
    const tagged = await fixtures.flow({ tags: { flow_status: 'closed_complete' } });
    for (const id of [silent, closed, tagged]) await fixtures.fill(id, seconds(2));
    expect([await isLive(silent), await isLive(closed), await isLive(tagged)]).toEqual([true, false, false]);
    const old = await fixtures.flow();
    await fixtures.fill(old, seconds(2));
    await fixtures.database.query(`UPDATE flows SET segments_updated = now() - interval '1 hour' WHERE id = $1`, [old]);
    expect(await isLive(old)).toBe(false);
  });

  it('writes down no more for a Flow of many Segments than for one of few', async () => {
    const published = async (count: number): Promise<number> => {
      const flowId = await growing();
      await fixtures.database.query(
        `INSERT INTO objects (id, role, registered, timerange, start_ns, end_ns)
         SELECT $1 || '-' || n, 'media', now(), '_', n * 1000000000, (n + 1) * 1000000000 FROM generate_series(1, $2::int8) n`,
        [flowId, count],
      );
      await fixtures.database.query(
        `INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
         SELECT $1::text::uuid, n * 1000000000, (n + 1) * 1000000000, $1::text || '-' || n, '_' FROM generate_series(1, $2::int8) n`,
        [flowId, count],
      );
      await fixtures.database.query(
        'UPDATE flows SET segment_count = $2::int8, last_end_ns = ($2::int8 + 1) * 1000000000 WHERE id = $1',
        [flowId, count],
      );
      expect((await listed(fixtures, flowId)).numbers[0]?.[0]).toBe(count - 10);
      const { rows } = await fixtures.database.query<{ entries: string }>(
        'SELECT count(*) AS entries FROM live_playlist_entries WHERE flow_id = $1',
        [flowId],
      );
      return Number(rows[0]?.entries);
    };
    expect([await published(20_000), await published(4_000)]).toEqual([3_600, 3_600]);
  });
});
