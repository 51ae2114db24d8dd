import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FilePathSource } from 'mediabunny';
import {
  DEFAULT_SEGMENT_SECONDS,
  Failure,
  type FlowIdBook,
  type FlowNaming,
  type IngestPlan,
  multiFlow,
  planFile,
  type Rendition,
  UnknownMediaFailure,
} from '@tams/media';
import { TAI_AHEAD_OF_UTC_NANOSECONDS } from '@tams/timing';
import { bridge } from './ffmpeg-bridge';
import { liveSegments } from './live-stream';
import { bytesOfFile } from './local-file';
import { TemporaryFolder } from '../temporary-folder';
import { Location } from './location';
import {
  isMultivariant,
  isPlaylist,
  readMediaPlaylist,
  readMultivariant,
  type MediaPlaylist,
  type MultivariantPlaylist,
} from './playlist';
import { remoteSource } from './remote-source';
import { segmentedRendition, segmentsOfFolder, segmentsOfPlaylist, type ExistingSegment } from './segmented-media';

/** What to ingest and how. */
export interface PlanOptions {
  /** A file, a playlist, a folder of MPEG-TS files, an http(s) URL of one of the first two, or `-` for standard input. */
  media: string;
  label?: string | undefined;
  /** Keep picture and sound in one object; media in segments stays as it is anyway. */
  muxed?: boolean | undefined;
  /** Seconds that segments should last where the media is cut; default 2. */
  segmentDuration?: number | undefined;
  /** Which variants of a multivariant playlist: all (default), the best, or names as the playlist gives them. */
  variants?: string | undefined;
  /** Whether ffmpeg, where it is installed, makes files readable that are not read here; default no. */
  ffmpeg?: boolean | undefined;
  ids: FlowIdBook;
  warn: (text: string) => void;
  signal?: AbortSignal | undefined;
  /** The media is a live MPEG-TS: the address it comes from, told when to stop. */
  live?: AbortSignal | undefined;
  /** Told when the sender of a live stream may begin. */
  listening?: ((address: string) => void) | undefined;
  /** Lists a media playlist's segments; a live one may be followed. */
  follow?:
    | ((playlist: MediaPlaylist, location: Location, folder: TemporaryFolder) => AsyncIterable<ExistingSegment>)
    | undefined;
}

/**
 * Finds out what the media is, by its content and not by its name, and plans its Flows. Nothing is created yet.
 * @throws Failure where it cannot be read
 */
export async function planIngest(options: PlanOptions): Promise<IngestPlan> {
  const folder = new TemporaryFolder();
  try {
    const plan = await new Planner(options, folder).plan();
    return {
      ...plan,
      dispose: async () => {
        await plan.dispose();
        await folder.dispose();
      },
    };
  } catch (error) {
    await folder.dispose();
    throw error;
  }
}

class Planner {
  constructor(
    private readonly options: PlanOptions,
    private readonly folder: TemporaryFolder,
  ) {}

  async plan(): Promise<IngestPlan> {
    const { media, live } = this.options;
    if (live) return this.planLive(media, live);
    if (media === '-') return this.planFile(Location.of(await this.savedInput()), 'standard input');
    const location = Location.of(media);
    if (!location.isRemote) {
      const found = await stat(location.address).catch(() => undefined);
      if (!found) {
        throw new Failure(`${location.address} does not exist`, {
          next: 'Give a media file, a .m3u8 playlist or a folder of .ts files.',
        });
      }
      if (found.isDirectory()) return this.planFolder(location);
      if (found.size === 0) throw new Failure(`${location.name} is empty`);
    }
    if (await this.looksLikePlaylist(location)) return this.planPlaylist(location);
    return this.planFile(location, location.title);
  }

  /** Standard input cannot be read twice, and many formats must be: it is kept in a temporary file. */
  private async savedInput(): Promise<string> {
    const { signal } = this.options;
    const path = await this.folder.file(async (file) => {
      await pipeline(process.stdin, createWriteStream(file), { signal });
      return file;
    });
    if ((await stat(path)).size === 0) throw new Failure('Standard input was empty');
    return path;
  }

  private async looksLikePlaylist(location: Location): Promise<boolean> {
    if (location.isRemote)
      return !/\.(mp4|m4[av]|mov|mkv|webm|wav|flac|mp3|aac|ts|mts|m2ts|ogg|opus)$/i.test(
        new URL(location.address).pathname,
      );
    const file = await open(location.address);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return isPlaylist(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  }

  private namingOf(title: string, part?: string): FlowNaming {
    const label = this.options.label ?? title;
    return {
      label: part === undefined ? label : `${label} (${part})`,
      description: `Ingested from ${title} by tams-media`,
    };
  }

  private async planFile(location: Location, title: string): Promise<IngestPlan> {
    const { segmentDuration: target = DEFAULT_SEGMENT_SECONDS, muxed = false, ids, warn } = this.options;
    const source = location.isRemote
      ? await remoteSource(location, this.options.signal)
      : new FilePathSource(location.address);
    const file = location.isRemote ? undefined : await bytesOfFile(location.address);
    const options = { target, muxed, ids, warn, naming: this.namingOf(title) };
    const mayBridge = this.options.ffmpeg === true && !location.isRemote;
    try {
      return { title, ...(await planFile(location.name, source, file, options, mayBridge ? 'refuse' : 'warn')) };
    } catch (error) {
      if (!mayBridge || !(error instanceof UnknownMediaFailure)) throw error;
      const readable = await this.bridged(location);
      const again = new FilePathSource(readable ?? location.address);
      const bytes = await bytesOfFile(readable ?? location.address);
      return { title, ...(await planFile(location.name, again, bytes, options)) };
    }
  }

  /** A readable copy of a file, where ffmpeg can make one. */
  private async bridged(location: Location): Promise<string | undefined> {
    const { segmentDuration: target = DEFAULT_SEGMENT_SECONDS, warn, signal } = this.options;
    const settings = { target, warn, signal };
    return this.folder.file(async (path) =>
      (await bridge(location.name, location.address, path, settings)) ? path : undefined,
    );
  }

  /** A live stream is stored as it comes, on the time of day. */
  private async planLive(address: string, stop: AbortSignal): Promise<IngestPlan> {
    const { segmentDuration: target = DEFAULT_SEGMENT_SECONDS, warn, label, listening = noOneListens } = this.options;
    const title = label ?? (address === '-' ? 'Live' : address);
    const basics = this.segmentedBasics();
    const rendition = await segmentedRendition(title, liveSegments(address, { target, stop, warn, listening }), {
      ...basics,
      naming: this.namingOf(title),
      readsAhead: false,
      timeline: { ...basics.timeline, isLive: true, originOf: ({ end }) => taiNow() - end },
    });
    return { title, renditions: [rendition], collections: [], dispose: nothingToDispose };
  }

  private async planFolder(location: Location): Promise<IngestPlan> {
    const title = basename(location.address);
    const rendition = await segmentedRendition(title, segmentsOfFolder(location.address), {
      ...this.segmentedBasics(),
      naming: this.namingOf(title),
      readsAhead: true,
    });
    return { title, renditions: [rendition], collections: [], dispose: nothingToDispose };
  }

  private async planPlaylist(argument: Location): Promise<IngestPlan> {
    const { text, location } = await argument.text(this.options.signal);
    const title = argument.title;
    if (isMultivariant(text)) return this.planMultivariant(readMultivariant(argument.name, text), location, title);
    const rendition = await this.mediaPlaylist(argument.name, text, location, { naming: this.namingOf(title) });
    return { title, renditions: [rendition], collections: [], dispose: nothingToDispose };
  }

  private async planMultivariant(list: MultivariantPlaylist, location: Location, title: string): Promise<IngestPlan> {
    const variants = chosenVariants(list, this.options.variants ?? 'all');
    const several = variants.length > 1;
    const offsets = new Map<number, bigint>();
    const shared = { offsets };
    const sounds = new Map<string, Rendition & { role: string }>();
    for (const audio of list.audio.filter(({ group }) => variants.some((variant) => variant.audio === group))) {
      const rendition = await this.listedPlaylist(location.resolve(audio.uri), {
        naming: this.namingOf(title, audio.name),
        key: `${audio.group}/${audio.name}`,
        sourceKey: audio.name,
        ...(audio.language ? { language: threeLetters(audio.language) } : {}),
        ...shared,
      });
      sounds.set(`${audio.group} ${audio.name}`, { ...rendition, role: audio.name });
    }
    const renditions: Rendition[] = [];
    const collections = [];
    for (const variant of variants) {
      const naming = this.namingOf(title, several || sounds.size > 0 ? variant.name : undefined);
      const rendition = await this.listedPlaylist(location.resolve(variant.uri), {
        naming,
        key: variant.name,
        sourceKey: 'picture',
        ...shared,
      });
      renditions.push(rendition);
      const own = [...sounds].filter(([key]) => key.startsWith(`${variant.audio ?? ''} `)).map(([, sound]) => sound);
      if (own.length === 0) continue;
      const collected = [
        { flow: rendition.flow, role: 'video' },
        ...own.map(({ flow, role }) => ({ flow, role: own.length === 1 ? 'audio' : `audio_${role}` })),
      ];
      const ids = this.options.ids.idsFor(`together/${variant.name}`, 'together');
      collections.push(multiFlow(ids, this.namingOf(title, several ? `${variant.name}, all` : undefined), collected));
    }
    renditions.push(...sounds.values());
    return { title, renditions, collections, dispose: nothingToDispose };
  }

  private async listedPlaylist(address: Location, extra: PlaylistOptions): Promise<Rendition> {
    const { text, location } = await address.text(this.options.signal);
    return this.mediaPlaylist(address.name, text, location, extra);
  }

  private async mediaPlaylist(
    name: string,
    text: string,
    location: Location,
    extra: PlaylistOptions,
  ): Promise<Rendition> {
    const { follow, signal, warn } = this.options;
    const playlist = readMediaPlaylist(name, text);
    if (playlist.segments.length === 0 && !follow) throw new Failure(`${name} lists no segments`);
    warnOfMissingParts(name, playlist, follow !== undefined, warn);
    const segments =
      follow?.(playlist, location, this.folder) ?? segmentsOfPlaylist(playlist, location, this.folder, signal);
    const { offsets = new Map<number, bigint>(), ...rest } = extra;
    const basics = this.segmentedBasics();
    return segmentedRendition(name, segments, {
      ...basics,
      ...rest,
      timeline: { ...basics.timeline, offsets },
      readsAhead: playlist.ended && !location.isRemote,
    });
  }

  private segmentedBasics(): { ids: FlowIdBook; timeline: Parameters<typeof segmentedRendition>[2]['timeline'] } {
    const { ids, warn, follow } = this.options;
    return { ids, timeline: { warn, isLive: follow !== undefined, originOf: () => 0n, offsets: new Map() } };
  }
}

interface PlaylistOptions {
  naming: FlowNaming;
  key?: string;
  sourceKey?: string;
  language?: string;
  offsets?: Map<number, bigint>;
}

/** The time of day as a TAMS timeline counts it (AppNote 0008), in nanoseconds. */
export function taiNow(): bigint {
  return BigInt(Date.now()) * 1_000_000n + TAI_AHEAD_OF_UTC_NANOSECONDS;
}

const noOneListens = (): void => undefined;

const nothingToDispose = (): Promise<void> => Promise.resolve();

function warnOfMissingParts(
  name: string,
  playlist: MediaPlaylist,
  follows: boolean,
  warn: (text: string) => void,
): void {
  if (!playlist.ended && !follows) {
    warn(
      `${name} has no end (EXT-X-ENDLIST): what it lists now is ingested, not what is added later (--follow does that)`,
    );
  }
  if (playlist.ended && playlist.sequence > 0) {
    warn(
      `${name} begins with segment ${playlist.sequence}: what came before is not listed any more, so the beginning is missing`,
    );
  }
}

/** @throws Failure where a name is not in the playlist */
function chosenVariants(list: MultivariantPlaylist, choice: string): MultivariantPlaylist['variants'] {
  if (choice === 'all') return list.variants;
  if (choice === 'best') return [list.variants.reduce((best, each) => (each.bandwidth > best.bandwidth ? each : best))];
  return choice.split(',').map((name) => {
    const found = list.variants.find((variant) => variant.name === name.trim());
    if (found) return found;
    const names = list.variants.map((variant) => variant.name).join(', ');
    throw new Failure(`There is no variant ${name.trim()}`, { next: `Choose from: ${names}; or all, or best.` });
  });
}

/** Playlists give BCP 47 tags, tags of Flows are three letters (ISO 639-3): those of the languages that broadcasters use most. */
function threeLetters(tag: string): string {
  const [primary = ''] = tag.toLowerCase().split('-');
  return LANGUAGES[primary] ?? primary;
}

const LANGUAGES: Record<string, string> = {
  ar: 'ara', cs: 'ces', cy: 'cym', da: 'dan', de: 'deu', el: 'ell', en: 'eng', es: 'spa', et: 'est', fi: 'fin', fr: 'fra',
  ga: 'gle', gd: 'gla', he: 'heb', hi: 'hin', hu: 'hun', it: 'ita', ja: 'jpn', ko: 'kor', lt: 'lit', lv: 'lav', nl: 'nld',
  no: 'nor', pl: 'pol', pt: 'por', ro: 'ron', ru: 'rus', sk: 'slk', sl: 'slv', sv: 'swe', tr: 'tur', uk: 'ukr', zh: 'zho',
}; // prettier-ignore
