import { PACKET_BYTES, SYNC_BYTE } from '@tams/media';

/** Bytes of one segment at most: a stream without random access points is cut all the same, rather than fill the memory. */
const LARGEST_SEGMENT = 200_000_000;
const TABLE_PID = 0;
const NULL_PID = 0x1fff;

/**
 * Cuts a live MPEG-TS into segments at random access points of its picture, or of its first stream where there is no picture.
 * Packets are kept as they are; the tables last seen stand at the front of every segment, so that each can be read alone.
 */
export class TransportStreamSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private packets: Buffer[] = [];
  /** By PID, where in the packets its last unit begins. */
  private readonly lastUnits = new Map<number, number>();
  private size = 0;
  /** Tables by PID, as packets. */
  private readonly tables = new Map<number, Buffer>();
  private mapPid: number | undefined;
  private leadPid: number | undefined;
  private begun = false;
  private startTicks: number | undefined;

  /** @param target seconds a segment should last */
  constructor(private readonly target: number) {}

  /** Takes bytes, cut anywhere, and returns the segments that they complete. */
  push(chunk: Buffer): Uint8Array[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const segments: Uint8Array[] = [];
    let at = 0;
    while (at + PACKET_BYTES <= bytes.length) {
      if (bytes[at] !== SYNC_BYTE) {
        at += 1;
        continue;
      }
      const segment = this.take(bytes.subarray(at, at + PACKET_BYTES));
      if (segment) segments.push(segment);
      at += PACKET_BYTES;
    }
    this.rest = Buffer.from(bytes.subarray(at));
    return segments;
  }

  /**
   * What came since the last cut.
   * @param isInterrupted the stream goes on unread: units of which the end may be missing are left out
   */
  finish(isInterrupted: boolean): Uint8Array | undefined {
    if (isInterrupted) this.dropLastUnits();
    const hasLead = this.packets.some((packet) => pidOf(packet) === this.leadPid);
    return this.begun && hasLead ? this.cut() : undefined;
  }

  private dropLastUnits(): void {
    this.packets = this.packets.filter((packet, index) => index < (this.lastUnits.get(pidOf(packet)) ?? Infinity));
    this.size = this.packets.length * PACKET_BYTES;
  }

  private take(packet: Buffer): Uint8Array | undefined {
    const pid = pidOf(packet);
    if (pid === NULL_PID) return undefined;
    const isTable = pid === TABLE_PID || pid === this.mapPid;
    if (isTable) this.keepTable(pid, packet);
    let complete: Uint8Array | undefined;
    if (pid === this.leadPid && startsUnit(packet) && isRandomAccess(packet)) {
      const ticks = presentationTicks(packet);
      if (this.begun && this.isLongEnough(ticks)) complete = this.cut();
      if (!this.begun || complete) this.startTicks = ticks;
      this.begun = true;
    }
    if (!this.begun) return complete;
    if (this.packets.length === 0) for (const table of this.tables.values()) this.add(table);
    if (!isTable && startsUnit(packet)) this.lastUnits.set(pid, this.packets.length);
    this.add(packet);
    return complete ?? (this.size > LARGEST_SEGMENT ? this.cut() : undefined);
  }

  private isLongEnough(ticks: number | undefined): boolean {
    if (ticks === undefined || this.startTicks === undefined) return true;
    const seconds = ((ticks - this.startTicks + 2 ** 33) % 2 ** 33) / 90_000;
    return seconds >= this.target - 0.02;
  }

  private keepTable(pid: number, packet: Buffer): void {
    if (!startsUnit(packet)) return;
    this.tables.set(pid, Buffer.from(packet));
    const section = sectionOf(packet);
    if (pid === TABLE_PID) this.followMap(firstProgram(section));
    else this.followLead(streamsOf(section));
  }

  /** An encoder that starts anew may put its program elsewhere. */
  private followMap(pid: number | undefined): void {
    if (pid === undefined || pid === this.mapPid) return;
    if (this.mapPid !== undefined) this.tables.delete(this.mapPid);
    this.mapPid = pid;
  }

  private followLead(streams: readonly ElementaryStream[]): void {
    if (streams.length === 0 || streams.some(({ pid }) => pid === this.leadPid)) return;
    this.leadPid = (streams.find(({ type }) => PICTURES.has(type)) ?? streams[0])?.pid;
  }

  private add(packet: Buffer): void {
    this.packets.push(Buffer.from(packet));
    this.size += PACKET_BYTES;
  }

  private cut(): Uint8Array {
    const segment = Buffer.concat(this.packets, this.size);
    this.packets = [];
    this.lastUnits.clear();
    this.size = 0;
    return segment;
  }
}

function pidOf(packet: Buffer): number {
  return packet.readUInt16BE(1) & 0x1fff;
}

function startsUnit(packet: Buffer): boolean {
  return (packet.readUInt8(1) & 0x40) !== 0;
}

/** The random access indicator of the adaptation field (ISO/IEC 13818-1, 2.4.3.5). */
function isRandomAccess(packet: Buffer): boolean {
  return (packet.readUInt8(3) & 0x20) !== 0 && packet.readUInt8(4) > 0 && (packet.readUInt8(5) & 0x40) !== 0;
}

function payloadOf(packet: Buffer): Buffer {
  return packet.subarray((packet.readUInt8(3) & 0x20) === 0 ? 4 : 5 + packet.readUInt8(4));
}

function sectionOf(packet: Buffer): Buffer {
  const payload = payloadOf(packet);
  return payload.subarray(1 + (payload[0] ?? 0));
}

/** PID of the first program's map (2.4.4.3); program 0 is the network table. */
function firstProgram(section: Buffer): number | undefined {
  for (let at = 8; at + 4 <= section.length; at += 4) {
    const program = section.readUInt16BE(at);
    if (program === 0xffff) return undefined;
    if (program !== 0) return section.readUInt16BE(at + 2) & 0x1fff;
  }
  return undefined;
}

const PICTURES = new Set([0x01, 0x02, 0x10, 0x1b, 0x24]);

interface ElementaryStream {
  readonly type: number;
  readonly pid: number;
}

/** The streams of a program map (2.4.4.8). */
function streamsOf(section: Buffer): ElementaryStream[] {
  if (section.length < 12) return [];
  const end = Math.min(section.length, 3 + (section.readUInt16BE(1) & 0xfff) - 4);
  const streams: ElementaryStream[] = [];
  for (let at = 12 + (section.readUInt16BE(10) & 0xfff); at + 5 <= end;) {
    streams.push({ type: section.readUInt8(at), pid: section.readUInt16BE(at + 1) & 0x1fff });
    at += 5 + (section.readUInt16BE(at + 3) & 0xfff);
  }
  return streams;
}

/** PTS of a unit that begins in this packet (2.4.3.6). */
function presentationTicks(packet: Buffer): number | undefined {
  const unit = payloadOf(packet);
  if (unit.length < 14 || unit.readUIntBE(0, 3) !== 1 || (unit.readUInt8(7) & 0x80) === 0) return undefined;
  const high = (unit.readUInt8(9) >> 1) & 7;
  return high * 2 ** 30 + (unit.readUInt16BE(10) >> 1) * 2 ** 15 + (unit.readUInt16BE(12) >> 1);
}
