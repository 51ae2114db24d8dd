import { EncodedPacketSink, type EncodedPacket } from 'mediabunny';
import { Failure } from '../failure';
import { formatTimestamp, secondsToNanoseconds } from '../media-time';
import { advice } from '../reading/advice';
import { unreadable, type MediaTrack } from '../reading/open-media';
import { forgetMediaOfReference } from '../reading/reference-packets';
import { PictureCoding } from './picture-coding';

/** Packets of one segment of one track, in decoding order; the first is a key frame. Times in seconds. */
export interface PacketGroup {
  packets: EncodedPacket[];
  /** Time of what is presented first, and the end of what is presented last. */
  start: number;
  end: number;
  /** Time of what is presented last. */
  last: number;
  keyFrames: number;
}

/** A segment is held in memory: more than this without a key frame is refused. */
const LARGEST_GROUP_BYTES = 1_000_000_000;

/**
 * Cuts a track at key frames: a picture's group ends at the first key frame that is at least the target duration behind its
 * start, a sound's at the frame nearest to the next multiple of it.
 * @param target seconds
 * @param origin where the multiples are counted from; the track's first time where absent
 * @throws Failure where the media ends early or has no key frames
 */
export async function* packetGroups(
  name: string,
  track: MediaTrack,
  options: { target: number; origin?: number; warn: (text: string) => void },
): AsyncGenerator<PacketGroup> {
  let packets: EncodedPacket[] = [];
  let [bytes, leading, boundary] = [0, 0, options.origin === undefined ? Number.NaN : options.origin + options.target];
  const isVideo = track.description.kind === 'video';
  const coding = new PictureCoding(name, track);
  let latest = -Infinity;
  try {
    for await (const packet of steadyPackets(track)) {
      if (packet.type === 'key') {
        await coding.require(packet);
        if (packet.timestamp < latest) throw timesGoBack(name, track, packet.timestamp);
      }
      latest = Math.max(latest, packet.timestamp);
      if (packets.length === 0 && packet.type !== 'key') {
        leading += 1;
        continue;
      }
      if (Number.isNaN(boundary)) boundary = packet.timestamp + options.target;
      // A picture a moment early still begins the next segment; of sound it is the nearest frame.
      const early = isVideo ? EARLY_KEY_FRAME : packet.duration / 2;
      if (packets.length > 0 && packet.type === 'key' && packet.timestamp >= boundary - early) {
        yield groupOf(packets, packet.timestamp);
        [packets, bytes] = [[], 0];
        boundary =
          (isVideo ? packet.timestamp : Math.max(boundary, packet.timestamp - options.target)) + options.target;
      }
      packets.push(packet);
      bytes += packet.data.byteLength;
      if (bytes > LARGEST_GROUP_BYTES) throw noKeyFrame(name, track, packets[0]?.timestamp ?? 0);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
  if (leading > 0)
    options.warn(`${name}: ${leading} frames before the first key frame cannot be decoded and are left out`);
  if (packets.length > 0) yield groupOf(packets, undefined);
}

const EARLY_KEY_FRAME = 0.02;
/** Where a packet lasts until the next one: more seconds than this, and so many times the one before, is a gap. */
const LONGEST_STILL = 1;
const JUMP = 10;

function groupOf(packets: EncodedPacket[], next: number | undefined): PacketGroup {
  let [start, last, end, duration] = [Infinity, -Infinity, -Infinity, 0];
  for (const packet of packets) {
    start = Math.min(start, packet.timestamp);
    if (packet.timestamp <= last) continue;
    last = packet.timestamp;
    duration = packet.duration;
    end = last + duration;
  }
  // What follows within a frame's duration follows directly: rounded times neither overlap nor leave slivers (AppNote 0012).
  if (next !== undefined && next > last && Math.abs(next - end) <= Math.max(duration, 0.001)) end = next;
  return { packets, start, end, last, keyFrames: packets.filter((packet) => packet.type === 'key').length };
}

/**
 * The packets of a track. Sound in a container whose clock is coarser than a sample (Matroska: milliseconds) is timed by
 * counting samples instead, and anew after a gap. A duration that is missing, as that of the last packet often is, is the one
 * before.
 */
async function* steadyPackets(track: MediaTrack): AsyncGenerator<EncodedPacket> {
  const { description, ticksPerSecond } = track;
  const packets = new EncodedPacketSink(track.track).packets(undefined, undefined, {
    verifyKeyPackets: description.kind === 'video',
  });
  const resolution = await track.track.getTimeResolution();
  const frameSize = description.kind === 'audio' && resolution < ticksPerSecond ? description.frameSize : undefined;
  let [expected, usual] = [Number.NaN, 1 / ticksPerSecond];
  for await (const packet of packets) {
    forgetMediaOfReference(track);
    const time = track.onOneTurn(packet.timestamp);
    const isJump = track.isTimedByNext && packet.duration > Math.max(LONGEST_STILL, JUMP * usual);
    usual = packet.duration > 0 && !isJump ? packet.duration : usual;
    if (frameSize === undefined) {
      const isRight = time === packet.timestamp && packet.duration > 0 && !isJump;
      yield isRight ? packet : packet.clone({ timestamp: time, duration: usual });
      continue;
    }
    const isSteady = Math.abs(time - expected) <= 2.5 / resolution;
    const timestamp = isSteady ? expected : time;
    const duration = frameSize / ticksPerSecond;
    expected = timestamp + duration;
    yield packet.clone({ timestamp, duration });
  }
}

function timesGoBack(name: string, { ticksPerSecond }: MediaTrack, seconds: number): Failure {
  const time = formatTimestamp(secondsToNanoseconds(seconds, ticksPerSecond));
  return new Failure(`The times of ${name} go back to ${time}, as where two recordings were joined`, {
    next: 'Ingest the recordings one by one.',
  });
}

function noKeyFrame(name: string, track: MediaTrack, since: number): Failure {
  const time = formatTimestamp(secondsToNanoseconds(since, track.ticksPerSecond));
  return new Failure(`${name} has no key frame for more than 1 GB after ${time}, so it cannot be cut into segments`, {
    next: advice.addKeyFrames,
  });
}
