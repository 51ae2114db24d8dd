import { type CutMedia, cutMedia, PIECE_SECONDS } from './cut-media';
import {
  audioDocument,
  multiDocument,
  nanosecondsOf,
  type PlayableStore,
  type StoredMedia,
  subtitleDocument,
  videoDocument,
} from './playable-store';

/** Something in the store that players are given. All of it is eight seconds long. */
export interface Played {
  /** Path of its playlist on the server. */
  readonly path: string;
  /** How many pictures there are. */
  readonly pictures: number;
  /** Seconds of the timeline that hold nothing. */
  readonly gap?: readonly [from: number, to: number];
  /** Hertz of the tone that is heard first, in this second of the timeline. */
  readonly tone: number;
  readonly languages?: readonly string[];
  /** Names of the codecs as ffmpeg calls them. */
  readonly codecs: readonly [picture: string, sound: string];
}

const usual = { tone: 440, pictures: 200, codecs: ['h264', 'aac'] } as const;

/** What all of it is as long as, in seconds. */
export const PLAYED_SECONDS = 8;
const muxedTs = { seconds: PLAYED_SECONDS, form: 'ts', rate: '25', tone: 440 } as const;

/** Media that players of HLS are asked to play, as clients store it, by what is special about it. */
export const playedMedia: Readonly<Record<string, (store: PlayableStore) => Promise<Played>>> = {
  'muxed TS': async (store) => {
    const { flowId } = await store.complete(await cutMedia(muxedTs), multiDocument);
    return { path: flowPath(flowId), ...usual };
  },
  'TS video and audio Flows, by their Source': async (store) => {
    const picture = await store.complete(await cutMedia({ ...muxedTs, tone: undefined }), videoDocument());
    const sound = await store.complete(await cutMedia({ ...muxedTs, rate: undefined }), audioDocument());
    const sourceId = crypto.randomUUID();
    await store.collection([picture.flowId, sound.flowId], { source_id: sourceId });
    return { path: `/sources/${sourceId}/output.m3u8`, ...usual };
  },
  'CMAF video and two audio languages': async (store) => {
    const form = 'fmp4';
    const picture = await cutMedia({ seconds: PLAYED_SECONDS, form, rate: '25' });
    const [english, french] = [
      await cutMedia({ seconds: PLAYED_SECONDS, form, tone: 440 }),
      await cutMedia({ seconds: PLAYED_SECONDS, form, tone: 880 }),
    ];
    const flows = [
      await store.complete(picture, videoDocument()),
      await store.complete(english, audioDocument('eng')),
      await store.complete(french, audioDocument('fra')),
    ];
    const id = await store.collection(flows.map(({ flowId }) => flowId));
    return { path: flowPath(id), languages: ['en', 'fr'], ...usual };
  },
  'TS video, audio and WebVTT': async (store) => {
    const flows = [
      await store.complete(await cutMedia({ ...muxedTs, tone: undefined }), videoDocument()),
      await store.complete(await cutMedia({ ...muxedTs, rate: undefined }), audioDocument()),
      await store.complete(subtitles(), subtitleDocument),
    ];
    const id = await store.collection(flows.map(({ flowId }) => flowId));
    return { path: flowPath(id), ...usual };
  },
  '29.97 frames a second, in TS': async (store) => {
    const { flowId } = await store.complete(await cutMedia({ ...muxedTs, rate: '30000/1001' }), multiDocument);
    return { path: flowPath(flowId), ...usual, pictures: 240 };
  },
  '50 frames a second, in fragmented MP4': async (store) => {
    const { flowId } = await store.complete(await cutMedia({ ...muxedTs, rate: '50', form: 'fmp4' }), multiDocument);
    return { path: flowPath(flowId), ...usual, pictures: 400 };
  },
  'a Flow with a gap': async (store) => {
    const media = await cutMedia(muxedTs);
    const flowId = await store.flow(media, { ...multiDocument, status: 'closed_complete' });
    const stored = await store.store(flowId, media);
    for (const index of [0, 1, 3]) await store.place(flowId, stored, index, nanosecondsOf(index * 2));
    return { path: flowPath(flowId), ...usual, gap: [4, 6], pictures: 150 };
  },
  'an edit of parts of three Flows in another order': async (store) => {
    const parts: StoredMedia[] = [];
    for (const tone of [440, 660, 880])
      parts.push((await store.complete(await cutMedia({ ...muxedTs, seconds: 4, tone }), multiDocument)).stored);
    const [a, b, c] = parts as [StoredMedia, StoredMedia, StoredMedia];
    const edit = await store.flow(a.media, { ...multiDocument, status: 'closed_complete' });
    const cuts = [
      [c, 1],
      [a, 1],
      [b, 0],
      [a, 0],
    ] as const;
    let at = 0n;
    for (const [stored, index] of cuts) {
      await store.place(edit, stored, index, at);
      at += nanosecondsOf(stored.media.pieces[index]?.duration ?? 0);
    }
    return { path: flowPath(edit), ...usual, tone: 880 };
  },
};

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-x265-params', 'log-level=error'];

/** Media that not every player decodes. */
export const rareMedia: typeof playedMedia = {
  'HEVC in TS': async (store) => {
    const { flowId } = await store.complete(await cutMedia({ ...muxedTs, video: HEVC }), multiDocument);
    return { path: flowPath(flowId), ...usual, codecs: ['hevc', 'aac'] };
  },
  'HEVC in fragmented MP4': async (store) => {
    const video = [...HEVC, '-tag:v', 'hvc1'];
    const { flowId } = await store.complete(await cutMedia({ ...muxedTs, video, form: 'fmp4' }), multiDocument);
    return { path: flowPath(flowId), ...usual, codecs: ['hevc', 'aac'] };
  },
  'AC-3 beside H.264, each a Flow of its own': async (store) => {
    const picture = await store.complete(await cutMedia({ ...muxedTs, tone: undefined }), videoDocument());
    const surround = await cutMedia({ ...muxedTs, rate: undefined, audio: ['-c:a', 'ac3', '-b:a', '192k'] });
    const sound = await store.complete(surround, { ...audioDocument(), codec: 'audio/ac3' });
    const id = await store.collection([picture.flowId, sound.flowId]);
    return { path: flowPath(id), ...usual, codecs: ['h264', 'ac3'] };
  },
};

/** A line of text in each piece, which lasts as long as that. */
function subtitles(): CutMedia {
  const pieces = Array.from({ length: PLAYED_SECONDS / PIECE_SECONDS }, (_, index) => {
    const start = index * PIECE_SECONDS;
    const time = (seconds: number): string => `00:00:${String(seconds).padStart(2, '0')}.000`;
    const cue = `${time(start)} --> ${time(start + PIECE_SECONDS)}\nLine ${index + 1}\n`;
    const text = `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n${cue}`;
    return { bytes: Buffer.from(text), start, duration: PIECE_SECONDS };
  });
  return { container: 'text/vtt', init: undefined, pieces, firstTime: 0 };
}

function flowPath(flowId: string): string {
  return `/flows/${flowId}/output.m3u8`;
}
