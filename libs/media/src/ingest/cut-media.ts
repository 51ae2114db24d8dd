import { EncodedPacketSink } from 'mediabunny';
import { Failure } from '../failure';
import { ROLLOVER_TICKS, secondsToNanoseconds, ticksToNanoseconds } from '../media-time';
import { unreadable, type OpenMedia, type MediaTrack } from '../reading/open-media';
import { containerOf, Packer, type PackedObject, type TrackPackets } from '../packing/pack';
import { packetGroups, type PacketGroup } from '../packing/packet-groups';
import { isPcm } from '../packing/pcm';
import type { Flow } from '../tams-types';
import { multiFlow, rolesOf, trackFlow, type FlowNaming } from './flow-description';
import type { FlowIdBook } from './flow-ids';
import type { IngestPlan, Rendition } from './rendition';
import type { PreparedSegment } from './segment';

/** How media that is not in segments yet becomes segments. */
export interface CutOptions {
  /** Seconds a segment should last. */
  target: number;
  /** Keep picture and sound in one object. */
  muxed: boolean;
  ids: FlowIdBook;
  naming: FlowNaming;
  warn: (text: string) => void;
  /** Nanoseconds to add to the media's times; default 0: Flow time is media time. */
  origin?: bigint;
}

/** The media's times and what becomes of them. */
interface Clock {
  /** Whole seconds that times inside CMAF objects are later than the media's own: neither they nor decoding times are negative. */
  shift: number;
  /** Nanoseconds from media time to Flow time. */
  origin: bigint;
  /** Whether times below zero are not presented (ISO/IEC 14496-12, 8.6.6). */
  hidesNegative: boolean;
}

/**
 * Plans to cut media at its key frames: one Flow for the picture and one for each sound, held together by a multi Flow, or
 * all in one Flow.
 */
export async function planCutMedia(
  media: OpenMedia,
  options: CutOptions,
): Promise<Omit<IngestPlan, 'title' | 'dispose'>> {
  const clock = await clockOf(media, options.origin ?? 0n);
  const { tracks } = media;
  if (options.muxed && tracks.length > 1)
    return { renditions: [muxedRendition(media, clock, options)], collections: [] };
  const renditions = tracks.map((track) => trackRendition(media, track, clock, options));
  if (renditions.length < 2) return { renditions, collections: [] };
  const roles = rolesOf(tracks.map((track) => track.description));
  const collected = renditions.map(({ flow }, index) => ({ flow, role: roles[index] ?? '' }));
  return { renditions, collections: [multiFlow(options.ids.idsFor('multi'), options.naming, collected)] };
}

async function clockOf(media: OpenMedia, origin: bigint): Promise<Clock> {
  const firsts = await Promise.all(
    media.tracks.map(async ({ track, onOneTurn }) => onOneTurn(await track.getFirstTimestamp())),
  );
  const first = Math.min(...firsts);
  const reorders = await Promise.all(media.tracks.map(({ track }) => hasReorderedPictures(track)));
  const room = reorders.includes(true) ? ROOM_FOR_DECODING : 0;
  // The library takes times just before the 33-bit clock turns for negative ones; in a stream there are none.
  const turn = media.isTransportStream && first < 0 ? ticksToNanoseconds(ROLLOVER_TICKS) : 0n;
  return { shift: Math.ceil(Math.max(0, room - first)), origin: origin + turn, hidesNegative: media.hasEditLists };
}

/** Seconds between decoding and presentation of pictures that are reordered; more than any profile allows in practice. */
const ROOM_FOR_DECODING = 0.9;
const PICTURES_LOOKED_AT = 100;

async function hasReorderedPictures(track: MediaTrack['track']): Promise<boolean> {
  if (!track.isVideoTrack()) return false;
  let [latest, count] = [-Infinity, 0];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    if (packet.timestamp < latest) return true;
    latest = packet.timestamp;
    count += 1;
    if (count > PICTURES_LOOKED_AT) return false;
  }
  return false;
}

function trackRendition(media: OpenMedia, track: MediaTrack, clock: Clock, options: CutOptions): Rendition {
  const { description } = track;
  const key = `${description.kind}-${track.formatIndex}`;
  const role = rolesOf(media.tracks.map((each) => each.description))[media.tracks.indexOf(track)] ?? description.kind;
  const label = media.tracks.length > 1 ? `${options.naming.label} (${role})` : options.naming.label;
  const naming = { ...options.naming, label };
  return {
    name: role,
    flow: trackFlow(description, options.ids.idsFor(key), naming, containerOf(track)),
    inside: [],
    segments: cutTrack(media, track, clock, options),
  };
}

async function* cutTrack(
  media: OpenMedia,
  track: MediaTrack,
  clock: Clock,
  options: CutOptions,
): AsyncGenerator<PreparedSegment> {
  const origin = clock.hidesNegative
    ? { origin: Math.max(0, track.onOneTurn(await track.track.getFirstTimestamp())) }
    : {};
  const packer = new Packer(clock.shift);
  const { target, warn } = options;
  for await (const group of packetGroups(media.name, track, { target, warn, ...origin })) {
    if (clock.hidesNegative && group.end <= 0) continue;
    const object = await packer.packTrack({ track, packets: group.packets }).catch((error: unknown) => {
      throw unreadable(media.name, error);
    });
    yield preparedOf(object, track, group, clock, !isPcm(track.description.codec));
  }
}

/** @param keepsTime whether the object has a clock of its own; a WAV begins at zero */
function preparedOf(
  object: PackedObject,
  track: MediaTrack,
  group: PacketGroup,
  clock: Clock,
  keepsTime: boolean,
): PreparedSegment {
  const nanoseconds = (seconds: number): bigint => secondsToNanoseconds(seconds, track.ticksPerSecond) + clock.origin;
  const [whole, end] = [nanoseconds(group.start), nanoseconds(group.end)];
  const isVideo = track.description.kind === 'video';
  const start = clock.hidesNegative && group.start < 0 ? nanoseconds(firstVisible(group, isVideo)) : whole;
  const tsOffset = keepsTime ? clock.origin - BigInt(clock.shift) * 1_000_000_000n : whole;
  return {
    content: { bytes: object.bytes },
    ...(object.init ? { init: { bytes: object.init } } : {}),
    start,
    end,
    tsOffset,
    ...(start === whole ? {} : { objectRange: { start: whole - tsOffset, end: end - tsOffset } }),
    ...(isVideo ? { lastDuration: end - nanoseconds(group.last), keyFrames: group.keyFrames } : {}),
  };
}

/** Where presentation begins in a group of which an edit list hides the beginning: at a picture, or at any sample. */
function firstVisible(group: PacketGroup, isVideo: boolean): number {
  if (!isVideo) return 0;
  return Math.min(...group.packets.map((packet) => packet.timestamp).filter((timestamp) => timestamp >= 0));
}

function muxedRendition(media: OpenMedia, clock: Clock, options: CutOptions): Rendition {
  const { ids, naming, warn } = options;
  const lead = media.tracks.find(({ description }) => description.kind === 'video') ?? media.tracks[0];
  if (!lead) throw new Failure(`${media.name} has no tracks`);
  const others = media.tracks.filter((track) => track !== lead && track.description.kind === 'audio');
  const tracks = [lead, ...others];
  if (tracks.length < media.tracks.length) warn(`${media.name}: only the first picture is kept with the sound`);
  const roles = rolesOf(tracks.map((track) => track.description));
  const inside: Flow[] = tracks.map((track, index) =>
    trackFlow(track.description, ids.idsFor(`${track.description.kind}-${track.formatIndex}`), {
      ...naming,
      label: `${naming.label} (${roles[index] ?? ''})`,
    }),
  );
  const collected = inside.map((flow, index) => ({
    flow,
    role: roles[index] ?? '',
    mapping: {
      track_index: index,
      format_track_index: lead.description.kind === 'video' && index > 0 ? index - 1 : index,
      isobmff_container: { track_id: index + 1 },
    },
  }));
  const storage = { container: 'video/mp4', initSegments: true };
  return {
    name: 'all tracks',
    flow: multiFlow(ids.idsFor('multi'), naming, collected, storage),
    inside,
    segments: cutTogether(media, lead, others, clock, options),
  };
}

/** Cuts all tracks where the leading one is cut; sound goes with the picture it begins under. */
async function* cutTogether(
  media: OpenMedia,
  lead: MediaTrack,
  others: MediaTrack[],
  clock: Clock,
  options: CutOptions,
): AsyncGenerator<PreparedSegment> {
  const queues = others.map(
    (track) => new TrackQueue(track, packetGroups(media.name, track, { target: 0, warn: options.warn })),
  );
  const groups = packetGroups(media.name, lead, { target: options.target, warn: options.warn });
  const packer = new Packer(clock.shift);
  let current = await groups.next();
  while (!current.done) {
    const group = current.value;
    current = await groups.next();
    const until = current.done ? Infinity : group.end;
    const parts: TrackPackets[] = [{ track: lead, packets: group.packets }];
    for (const queue of queues) parts.push({ track: queue.track, packets: await queue.take(until) });
    if (clock.hidesNegative && group.end <= 0) continue;
    const object = await packer.packCmaf(parts);
    const trackBytes = parts.map(({ packets }) => packets.reduce((sum, { data }) => sum + data.byteLength, 0));
    yield { ...preparedOf(object, lead, group, clock, true), trackBytes };
  }
}

/** Hands out a track's packets up to a time. */
class TrackQueue {
  private waiting: PacketGroup | undefined;

  constructor(
    readonly track: MediaTrack,
    private readonly groups: AsyncGenerator<PacketGroup>,
  ) {}

  async take(until: number): Promise<PacketGroup['packets']> {
    const taken: PacketGroup['packets'] = [];
    for (;;) {
      const group = this.waiting ?? (await this.nextGroup());
      this.waiting = undefined;
      if (!group) return taken;
      if (group.start >= until) {
        this.waiting = group;
        return taken;
      }
      taken.push(...group.packets);
    }
  }

  private async nextGroup(): Promise<PacketGroup | undefined> {
    const next = await this.groups.next();
    return next.done ? undefined : next.value;
  }
}
