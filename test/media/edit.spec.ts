import { exportComposition, importComposition } from '../../apps/tams-media/src/edit/composition';
import { appendToEdit, blankStretch, createEdit } from '../../apps/tams-media/src/edit/edit';
import { readComposition } from '../../apps/tams-media/src/edit/open-timeline';
import { readPart } from '../../apps/tams-media/src/edit/parts';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { type CommandResult, runProgram } from '../support/command-process';
import { MediaStore } from './media-store';

const CODED = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac -b:a 64k';
const warn = (): void => undefined;

describeWithFfmpeg('edits by reference', () => {
  let store: MediaStore;
  let media: MediaMaker;
  /** Multi Flows of six seconds; the second runs backwards, so that no picture is in both. */
  let [first, second] = ['', ''];

  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
    const one = await media.make(`${picture(6)} ${tone(6)} ${CODED} one.mp4`);
    const two = await media.make(
      `-f lavfi -i testsrc=size=320x180:rate=25:duration=6 ${tone(6, 880)} ${CODED} two.mp4`,
    );
    first = (await store.ingest(one)).flow_id;
    second = (await store.ingest(two)).flow_id;
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  const pictures = async (file: string, from: number, to: number): Promise<string[]> =>
    (await decodedFrames(media.path(file), 'v:0')).slice(from * 25, to * 25).map(({ md5 }) => md5);

  async function written(flowId: string): Promise<string[]> {
    const path = media.path(`${flowId}.mp4`);
    await store.write(flowId, path, 'mp4');
    return (await decodedFrames(path, 'v:0')).map(({ md5 }) => md5);
  }

  it('puts parts one behind the other, and copies nothing', async () => {
    const parts = [`${first}@[2:0_4:0)`, `${second}@[1:0_2:0)`].map(readPart);
    const result = await createEdit(store.client, parts, { label: 'Highlights', warn });
    expect(result).toMatchObject({
      timerange: '[0:0_3:0)',
      flows: [{ format: 'urn:x-nmos:format:video' }, { format: 'urn:x-nmos:format:audio' }],
    });
    const used = (await store.segments(result.flows[0]?.id ?? '')).map(({ object_id }) => object_id);
    const there = (await Promise.all([first, second].map(objectsOf))).flat();
    expect(used).toHaveLength(3);
    expect(there).toEqual(expect.arrayContaining(used));
    expect(await written(result.flow_id)).toEqual([
      ...(await pictures('one.mp4', 2, 4)),
      ...(await pictures('two.mp4', 1, 2)),
    ]);
    expect(await store.flow(result.flow_id)).toMatchObject({ label: 'Highlights', status: 'closed_complete' });
  });

  async function objectsOf(flowId: string): Promise<string[]> {
    const { flow_collection = [] } = await store.flow(flowId);
    const segments = await Promise.all(flow_collection.map(({ id }) => store.segments(id)));
    return segments.flat().map(({ object_id }) => object_id);
  }

  it('uses a part of an object, and says which samples', async () => {
    const result = await createEdit(store.client, [readPart(`${first}@[1:480000000_2:480000000)`)], {
      label: 'Part',
      warn,
    });
    const [half, rest] = await store.segments(result.flows[0]?.id ?? '');
    expect(half).toMatchObject({ timerange: '[0:0_0:520000000)', sample_offset: 12, sample_count: 13 });
    expect(rest).toMatchObject({ timerange: '[0:520000000_1:0)', sample_offset: 0, sample_count: 12 });
    expect(await store.flow(result.flow_id)).toMatchObject({
      tags: { originating_id: first, originating_timerange: '[1:480000000_2:480000000)' },
    });
    expect((await written(result.flow_id)).slice(0, 25)).toEqual((await pictures('one.mp4', 0, 6)).slice(37, 62));
  });

  it('says that objects are written whole where a file of segments is made of parts', async () => {
    const parts = [readPart(`${first}@[1:480000000_2:480000000)`)];
    const { flows } = await createEdit(store.client, parts, { label: 'Joined', warn });
    const outgest = (...options: string[]): Promise<CommandResult> => {
      const output = ['--url', store.tams.url, '--format', 'segments', '-o', media.path(`${options.join('')}.bin`)];
      return runProgram('apps/tams-media/src/main.ts', ['outgest', flows[0]?.id ?? '', ...output, ...options], {});
    };
    const sentence = '2 segments of an edit use a part of their object, and are written whole';
    expect((await outgest()).stderr).toContain(sentence);
    const { code, stdout } = await outgest('--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ warnings: expect.arrayContaining([expect.stringContaining(sentence)]) as string[] }),
    ]);
  });

  it('appends behind the end', async () => {
    const made = await createEdit(store.client, [readPart(`${first}@[0:0_1:0)`)], { label: 'Growing', warn });
    const result = await appendToEdit(store.client, made.flow_id, [readPart(`${second}@[3:0_5:0)`)], warn);
    expect(result.timerange).toBe('[1:0_3:0)');
    expect(await written(made.flow_id)).toEqual([
      ...(await pictures('one.mp4', 0, 1)),
      ...(await pictures('two.mp4', 3, 5)),
    ]);
  });

  it('replaces a stretch in a new Flow, or leaves it empty', async () => {
    const stretch = { start: 2_000_000_000n, end: 4_000_000_000n };
    const empty = await blankStretch(store.client, first, stretch, undefined, { label: 'Blank', warn });
    const ranges = (await store.segments(empty.flows[0]?.id ?? '')).map(({ timerange }) => timerange);
    expect(ranges).toEqual(['[0:0_1:0)', '[1:0_2:0)', '[4:0_5:0)', '[5:0_6:0)']);
    const replaced = await blankStretch(store.client, first, stretch, readPart(`${second}@[0:0_2:0)`), {
      label: 'New',
      warn,
    });
    expect(await written(replaced.flow_id)).toEqual([
      ...(await pictures('one.mp4', 0, 2)),
      ...(await pictures('two.mp4', 0, 2)),
      ...(await pictures('one.mp4', 4, 6)),
    ]);
  });

  it('shows nothing of what was blanked at the beginning', async () => {
    const stretch = { start: 0n, end: 1_480_000_000n };
    const { flows } = await blankStretch(store.client, first, stretch, undefined, { label: 'Later', warn });
    const [picture] = flows.filter(({ format }) => format.endsWith(':video'));
    expect(await written(picture?.id ?? '')).toEqual((await pictures('one.mp4', 0, 6)).slice(37));
  });

  it('refuses what does not fit in one Flow, and what is no part', async () => {
    const small = await store.ingest(await media.make(`${picture(2, '25', '160x90')} ${tone(2)} ${CODED} small.mp4`));
    const parts = [first, small.flow_id].map(readPart);
    await expect(createEdit(store.client, parts, { label: 'No', warn })).rejects.toThrow('160x90');
    expect(() => readPart(`${first}@[2:0_x)`)).toThrow('is not a timerange');
  });

  it('goes out as an OpenTimelineIO timeline and comes in again the same', async () => {
    const parts = [`${second}@[1:0_3:0)`, `${first}@[4:0_6:0)`].map(readPart);
    const made = await createEdit(store.client, parts, { label: 'Cut', warn });
    const text = await exportComposition(store.client, made.flow_id);
    const [video] = readComposition('cut.otio', text).tracks;
    expect(video?.items).toMatchObject([
      { start: 1_000_000_000n, end: 3_000_000_000n },
      { start: 4_000_000_000n, end: 6_000_000_000n },
    ]);
    expect(text).toContain(`tams://${new URL(store.tams.url).host}/flows/`);
    const again = await importComposition(store.client, readComposition('cut.otio', text), { warn });
    expect(again.flows).toHaveLength(2);
    expect(await written(again.flow_id)).toEqual(await written(made.flow_id));
  });
});
