import { SAMPLE_FOLDER, sampleSegment, withShiftedTimes } from '../../../apps/tams-media/src/testing/media';
import { readdirSync } from 'node:fs';

/** Seconds and ticks of MPEG-TS of one segment of the sample. */
export const SEGMENT_SECONDS = 2;
const SEGMENT_TICKS = SEGMENT_SECONDS * 90_000;
const COUNT = readdirSync(SAMPLE_FOLDER).filter((name) => name.endsWith('.ts')).length;
const sample = Array.from({ length: COUNT }, (_, index) => sampleSegment(index));

/** The sample over and over, its clock going on; it begins two minutes before the 33-bit clock turns. */
export function endlessSegment(index: number): Buffer {
  const round = Math.floor(index / COUNT);
  const start = 2 ** 33 - 120 * 90_000;
  return withShiftedTimes(sample[index % COUNT] as Buffer, start + round * COUNT * SEGMENT_TICKS);
}

const PACKET = 188;

/** The packets of an MPEG-TS that carry media: what a live ingest must keep, in this order. */
export function mediaPackets(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + PACKET <= bytes.length; at += PACKET) {
    const pid = bytes.readUInt16BE(at + 1) & 0x1fff;
    if (pid >= 0x100 && pid < 0x1000) packets.push(bytes.subarray(at, at + PACKET));
  }
  return packets;
}
