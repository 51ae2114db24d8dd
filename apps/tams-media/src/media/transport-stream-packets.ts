import { createReadStream } from 'node:fs';
import { Failure } from '../failure';
import { advice } from './advice';

/** Bytes of a packet (ISO/IEC 13818-1, 2.4.3.2). */
export const PACKET_BYTES = 188;
/** First byte of every packet. */
export const SYNC_BYTE = 0x47;
const NULL_PID = 0x1fff;

/** What the packets of an MPEG-TS file say beside their media. */
export interface PacketCheck {
  /** PIDs that carry elementary streams. */
  streamPids: number[];
  /** Packets missing according to the continuity counters. */
  lostPackets: number;
}

/**
 * Checks the packets of an MPEG-TS file in constant memory. The media reader skips what it does not understand, and a segment
 * that is stored untouched should be whole.
 * @throws Failure where the file ends in the middle of a packet, loses its place, or is scrambled
 */
export async function checkPackets(name: string, path: string, offset: number, size: number): Promise<PacketCheck> {
  if (size === 0) throw new Failure(`${name} is empty`);
  const check = new PacketReader(name);
  const end = offset + size - 1;
  for await (const chunk of createReadStream(path, { start: offset, end }) as AsyncIterable<Buffer>) check.push(chunk);
  return check.finish();
}

class PacketReader {
  private rest: Buffer = Buffer.alloc(0);
  private readonly counters = new Map<number, number>();
  private readonly streams = new Set<number>();
  private lost = 0;
  private position = 0;

  constructor(private readonly name: string) {}

  push(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    let at = 0;
    for (; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) this.read(bytes, at);
    this.rest = bytes.subarray(at);
  }

  finish(): PacketCheck {
    if (this.rest.length > 0) {
      throw new Failure(`${this.name} ends in the middle of a packet: it is cut short`, {
        next: advice.saveTransportStream,
      });
    }
    return { streamPids: [...this.streams].sort((a, b) => a - b), lostPackets: this.lost };
  }

  private read(bytes: Buffer, at: number): void {
    if (bytes[at] !== SYNC_BYTE) {
      throw new Failure(`${this.name} is damaged: no packet begins at byte ${this.position}`, {
        next: advice.saveTransportStream,
      });
    }
    this.position += PACKET_BYTES;
    const pid = bytes.readUInt16BE(at + 1) & 0x1fff;
    const flags = bytes.readUInt8(at + 3);
    if (pid === NULL_PID) return;
    if ((flags & 0xc0) !== 0) {
      throw new Failure(`${this.name} is scrambled (PID ${pid}), so nothing in it can be read`, {
        next: 'Record it descrambled.',
      });
    }
    if ((flags & 0x10) === 0) return;
    this.count(pid, flags & 0x0f, (flags & 0x20) !== 0 && bytes.readUInt8(at + 4) > 0 ? bytes.readUInt8(at + 5) : 0);
    const payload = at + 4 + ((flags & 0x20) === 0 ? 0 : 1 + bytes.readUInt8(at + 4));
    const begins = (bytes.readUInt8(at + 1) & 0x40) !== 0;
    if (begins && payload + 3 <= at + PACKET_BYTES && bytes.readUIntBE(payload, 3) === 1) this.streams.add(pid);
  }

  /** A counter may repeat once, and starts anew where the discontinuity indicator says so (2.4.3.4). */
  private count(pid: number, counter: number, adaptation: number): void {
    const previous = this.counters.get(pid);
    this.counters.set(pid, counter);
    if (previous === undefined || (adaptation & 0x80) !== 0) return;
    const step = (counter - previous + 16) % 16;
    if (step > 1) this.lost += step - 1;
  }
}
