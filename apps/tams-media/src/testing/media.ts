import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKET_BYTES } from '@tams/media';

/** The folder of the sample in the repository: ten segments of two seconds. */
export const SAMPLE_FOLDER = join(__dirname, '../../sample');

/** The bytes of one sample segment, 0 to 9. */
export function sampleSegment(index: number): Buffer {
  return readFileSync(join(SAMPLE_FOLDER, `segment-00${String(index)}.ts`));
}

/** Bytes as a file would give them, in chunks of a size that cuts packets apart. */
export async function* inChunks(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += size) {
    yield await Promise.resolve(bytes.subarray(offset, offset + size));
  }
}

/** A copy of MPEG-TS bytes whose every PTS and DTS is moved by `ticks`, modulo 2^33, as the real clock would be. */
export function withShiftedTimes(bytes: Buffer, ticks: number): Buffer {
  const shifted = Buffer.from(bytes);
  for (let packet = 0; packet < shifted.length; packet += PACKET_BYTES) {
    const control = shifted.readUInt8(packet + 3);
    const start = packet + ((control & 0x20) === 0 ? 4 : 5 + shifted.readUInt8(packet + 4));
    const startsUnit = (shifted.readUInt8(packet + 1) & 0x40) !== 0;
    if (!startsUnit || start + 19 > packet + PACKET_BYTES || shifted.readUIntBE(start, 3) !== 1) continue;
    const flags = shifted.readUInt8(start + 7) >> 6;
    if ((flags & 2) !== 0) shiftTime(shifted, start + 9, ticks);
    if ((flags & 1) !== 0) shiftTime(shifted, start + 14, ticks);
  }
  return shifted;
}

/** 33 bits in five bytes, in parts of 3, 15 and 15 bits with a marker bit behind each (ISO/IEC 13818-1, 2.4.3.6). */
function shiftTime(bytes: Buffer, at: number, ticks: number): void {
  const high = BigInt((bytes.readUInt8(at) >> 1) & 7);
  const middle = BigInt(bytes.readUInt16BE(at + 1) >> 1);
  const low = BigInt(bytes.readUInt16BE(at + 3) >> 1);
  const time = BigInt.asUintN(33, ((high << 30n) | (middle << 15n) | low) + BigInt(ticks));
  bytes.writeUInt8((bytes.readUInt8(at) & 0xf1) | (Number(time >> 30n) << 1), at);
  bytes.writeUInt16BE((Number((time >> 15n) & 0x7fffn) << 1) | 1, at + 1);
  bytes.writeUInt16BE((Number(time & 0x7fffn) << 1) | 1, at + 3);
}

/** Keeps only the packets of some PIDs (and tables), so that a track disappears from the media. */
export function withoutPid(bytes: Buffer, pid: number): Buffer {
  const packets: Buffer[] = [];
  for (let packet = 0; packet < bytes.length; packet += PACKET_BYTES) {
    if ((bytes.readUInt16BE(packet + 1) & 0x1fff) !== pid) packets.push(bytes.subarray(packet, packet + PACKET_BYTES));
  }
  return Buffer.concat(packets);
}
