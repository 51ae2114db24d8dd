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
  /** Those of them that say they are picture or sound of MPEG (ISO/IEC 13818-1, table 2-22). */
  mediaPids: number[];
  /** Packets missing according to the continuity counters. */
  lostPackets: number;
}

/**
 * Checks the packets of an MPEG-TS file in constant memory. The media reader skips what it does not understand, and a segment
 * that is stored untouched should be whole.
 * @throws Failure where the file ends in the middle of a packet, loses its place, or is scrambled
 */
export async function checkPackets(name: string, chunks: AsyncIterable<Uint8Array>): Promise<PacketCheck> {
  const check = new PacketReader(name);
  for await (const chunk of chunks) check.push(chunk);
  return check.finish();
}

class PacketReader {
  private rest = new Uint8Array();
  private readonly counters = new Map<number, number>();
  /** Stream ids by PID. */
  private readonly streams = new Map<number, number>();
  private lost = 0;
  private position = 0;

  constructor(private readonly name: string) {}

  push(chunk: Uint8Array): void {
    const bytes = joined(this.rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) this.read(view, at);
    this.rest = bytes.slice(at);
  }

  finish(): PacketCheck {
    if (this.rest.length === 0 && this.position === 0) throw new Failure(`${this.name} is empty`);
    if (this.rest.length > 0) {
      throw new Failure(`${this.name} ends in the middle of a packet: it is cut short`, {
        next: advice.saveTransportStream,
      });
    }
    const streamPids = [...this.streams.keys()].sort((a, b) => a - b);
    const mediaPids = streamPids.filter((pid) => isMpegMedia(this.streams.get(pid) ?? 0));
    return { streamPids, mediaPids, lostPackets: this.lost };
  }

  private read(packet: DataView, at: number): void {
    if (packet.getUint8(at) !== SYNC_BYTE) {
      throw new Failure(`${this.name} is damaged: no packet begins at byte ${this.position}`, {
        next: advice.saveTransportStream,
      });
    }
    this.position += PACKET_BYTES;
    const pid = packet.getUint16(at + 1) & 0x1fff;
    const flags = packet.getUint8(at + 3);
    if (pid === NULL_PID) return;
    if ((flags & 0xc0) !== 0) {
      throw new Failure(`${this.name} is scrambled (PID ${pid}), so nothing in it can be read`, {
        next: 'Record it descrambled.',
      });
    }
    if ((flags & 0x10) === 0) return;
    this.count(pid, flags & 0x0f, (flags & 0x20) !== 0 && packet.getUint8(at + 4) > 0 ? packet.getUint8(at + 5) : 0);
    const payload = at + 4 + ((flags & 0x20) === 0 ? 0 : 1 + packet.getUint8(at + 4));
    const begins = (packet.getUint8(at + 1) & 0x40) !== 0;
    if (
      begins &&
      payload + 4 <= at + PACKET_BYTES &&
      packet.getUint16(payload) === 0 &&
      packet.getUint8(payload + 2) === 1
    )
      this.streams.set(pid, packet.getUint8(payload + 3));
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

/** Sound has stream ids from 0xC0 on, picture up to 0xEF. */
function isMpegMedia(streamId: number): boolean {
  return streamId >= 0xc0 && streamId <= 0xef;
}

function joined(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (rest.length === 0) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}
