import { EncodedPacketSink, MatroskaInputFormat, WaveInputFormat } from 'mediabunny';
import { Failure } from '../failure';
import { formatTimestamp, secondsToNanoseconds } from '../media-time';
import { advice } from './advice';
import type { MediaTrack, OpenMedia } from './open-media';
import { checkPackets, PACKET_BYTES } from './transport-stream-packets';

/** Bytes of a packet of MPEG-TS with the time stamp that recorders put before it (M2TS); such files are not checked. */
const RECORDER_PACKET_BYTES = 192;
/** The four letters that a WAV begins with. */
const RIFF = 0x52494646;
/** Seconds that a Matroska may say it is longer than its picture and sound: subtitles may go on. */
const DURATION_TOLERANCE = 2;

/** The bytes of a file on this machine. */
export interface FileBytes {
  readonly size: number;
  /** Reads from a byte up to another, which is not read. */
  chunks(start: number, end: number): AsyncIterable<Uint8Array>;
}

/**
 * Finds out whether a file ends before its media does. A library that reads such a file stops at its end without a word.
 * @param file absent for media that is read from a server, of which an MPEG-TS is not checked
 * @returns what to warn of, where the end may be missing, and streams of an MPEG-TS that are picture or sound and not read
 * @throws Failure where it is missing: the index names media that is not there; or where packets are damaged or scrambled
 */
export async function requireWhole(
  media: OpenMedia,
  file: FileBytes | undefined,
): Promise<{ warnings: string[]; unread: string[] }> {
  if (media.isTransportStream) return file ? checkTransportStream(media, file) : { warnings: [], unread: [] };
  return { warnings: await warningsOf(media, file), unread: [] };
}

async function warningsOf(media: OpenMedia, file: FileBytes | undefined): Promise<string[]> {
  const { name, tracks, format } = media;
  if (format instanceof WaveInputFormat) return file ? checkWave(name, file) : [];
  if (media.hasEditLists) await Promise.all(tracks.map((track) => requireLastPacket(name, track)));
  if (!(format instanceof MatroskaInputFormat)) return [];
  const declared = (await tracks[0]?.track.getDurationFromMetadata()) ?? 0;
  const ends = await Promise.all(tracks.map(({ track }) => track.computeDuration()));
  const missing = declared - Math.max(...ends);
  return missing > DURATION_TOLERANCE
    ? [`${name} says that it is ${Math.round(missing)} s longer than its media: its end may be missing`]
    : [];
}

async function checkTransportStream(
  { name, tracks }: OpenMedia,
  file: FileBytes,
): Promise<{ warnings: string[]; unread: string[] }> {
  const bytes = file.size;
  if (bytes % RECORDER_PACKET_BYTES === 0 && bytes % PACKET_BYTES !== 0) return { warnings: [], unread: [] };
  const whole = bytes - (bytes % PACKET_BYTES);
  const { lostPackets, mediaPids } = await checkPackets(name, file.chunks(0, whole));
  const unread = mediaPids.filter((pid) => !tracks.some(({ track }) => track.id === pid));
  return {
    warnings: [
      ...(whole < bytes ? [`${name} ends in the middle of a packet: its end may be missing`] : []),
      ...(lostPackets > 0 ? [`${name}: ${lostPackets} packets are lost or damaged`] : []),
    ],
    unread: unread.map((pid) => `${name}: the stream with PID ${pid} has a coding that is not read`),
  };
}

/** The header of a WAV says how long it is, except while it is written into a pipe (RIFF, RFC 2361). */
async function checkWave(name: string, file: FileBytes): Promise<string[]> {
  const header: number[] = [];
  for await (const chunk of file.chunks(0, Math.min(8, file.size))) header.push(...chunk);
  const view = new DataView(Uint8Array.from([...header, ...new Uint8Array(8)]).buffer);
  const declared = view.getUint32(4, true);
  const isOpenEnded = view.getUint32(0) !== RIFF || declared === 0 || declared === 0xffffffff;
  return isOpenEnded || declared + 8 <= file.size ? [] : [`${name} is shorter than it says: its end may be missing`];
}

async function requireLastPacket(name: string, { track, ticksPerSecond }: MediaTrack): Promise<void> {
  const sink = new EncodedPacketSink(track);
  const indexed = await sink.getPacket(Infinity, { metadataOnly: true });
  if (!indexed || (await sink.getPacket(Infinity))) return;
  const end = formatTimestamp(secondsToNanoseconds(indexed.timestamp + indexed.duration, ticksPerSecond));
  throw new Failure(`${name} is damaged or cut short: its media should go on until ${end}, and its end is missing`, {
    next: advice.save,
  });
}
