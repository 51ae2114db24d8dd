import { ElementaryStream, TransportParseStream } from 'mux.js/lib/m2ts/m2ts';
import { Failure } from '../failure';

const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const NULL_PID = 0x1fff;
/** Elementary streams live from here up; lower PIDs carry tables (ISO/IEC 13818-1, table 2-3, and DVB's use of it). */
const FIRST_STREAM_PID = 0x20;
/** mux.js keeps packets that precede the first program map in memory: more than this (about 4 MB) is not a stream it can read. */
const MOST_PACKETS_BEFORE_PROGRAM_MAP = 22_000;

/** One PES packet of the first H.264 or the first AAC (ADTS) stream of the file. */
export interface ElementaryPacket {
  kind: 'video' | 'audio';
  pid: number;
  /** Presentation and decoding time as written in the packet: 33-bit ticks of 90 kHz. Absent where the packet has none. */
  pts: number | undefined;
  dts: number | undefined;
  payload: Buffer;
}

/** What a whole file turned out to hold, besides its packets. */
export interface DemuxerSummary {
  bytes: number;
  /** PIDs of further elementary streams, which stay in the media but are not described (a second audio track, subtitles). */
  otherPids: number[];
  /** Packets lost or damaged according to the continuity counters and the transport error flag. */
  damagedPackets: number;
  programs: number;
}

/**
 * Takes the bytes of one MPEG-TS file in chunks of any size and hands on the PES packets of its video and audio.
 *
 * mux.js reads tables and PES packets. Its packet splitter is not used, because it silently skips bytes until it finds
 * something that looks like a packet: here a lost sync byte or half a packet is an error that names the byte.
 */
export class TransportStreamDemuxer {
  private readonly parser = new TransportParseStream();
  private readonly elementaryStream = new ElementaryStream();
  private remainder: Buffer = Buffer.alloc(0);
  private readonly continuity = new Map<number, number>();
  private readonly otherPids = new Set<number>();
  private bytes = 0;
  private damagedPackets = 0;
  private programs = 0;
  private tracks = 0;

  constructor(
    private readonly name: string,
    private readonly onPacket: (packet: ElementaryPacket) => void,
  ) {
    this.parser.on('data', (event) => {
      if (event.type === 'pes' && event.streamType === undefined && startsPes(event)) this.otherPids.add(event.pid);
      this.elementaryStream.push(event);
    });
    this.elementaryStream.on('data', (event) => {
      if (event.type === 'metadata') this.tracks = event.tracks?.length ?? 0;
      if (event.type !== 'video' && event.type !== 'audio') return;
      const payload = event.data ?? new Uint8Array();
      this.onPacket({
        kind: event.type,
        pid: event.trackId ?? 0,
        pts: event.pts,
        dts: event.dts,
        payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
      });
    });
  }

  /** Reads the next bytes of the file. @throws Failure where they are not MPEG-TS */
  push(chunk: Buffer): void {
    const data = this.remainder.length === 0 ? chunk : Buffer.concat([this.remainder, chunk]);
    const start = this.bytes - this.remainder.length;
    this.bytes += chunk.length;
    let offset = 0;
    for (; offset + PACKET_BYTES <= data.length; offset += PACKET_BYTES) {
      if (data[offset] !== SYNC_BYTE) throw this.lostSync(start + offset);
      this.readPacket(data.subarray(offset, offset + PACKET_BYTES));
    }
    this.remainder = Buffer.from(data.subarray(offset));
  }

  /** Reads what is still buffered. @throws Failure where the file is empty, cut short or without H.264 and AAC */
  finish(): DemuxerSummary {
    if (this.bytes === 0) throw new Failure(`${this.name} is empty`);
    if (this.remainder.length > 0) {
      if (this.remainder[0] !== SYNC_BYTE) throw this.lostSync(this.bytes - this.remainder.length);
      throw new Failure(
        `${this.name} ends in the middle of a packet (${this.remainder.length} of ${PACKET_BYTES} bytes, at byte ${this.bytes})`,
        { next: 'The file was cut short: copy or download it again.' },
      );
    }
    this.elementaryStream.flush();
    if (this.tracks === 0) {
      throw new Failure(`${this.name} holds no H.264 video and no AAC (ADTS) audio`, {
        next: 'Only these two are read. Transcode it first: ffmpeg -i <file> -c:v libx264 -c:a aac -f hls <folder>/playlist.m3u8',
      });
    }
    return {
      bytes: this.bytes,
      otherPids: [...this.otherPids].sort((a, b) => a - b),
      damagedPackets: this.damagedPackets,
      programs: this.programs,
    };
  }

  private readPacket(packet: Buffer): void {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    if (pid === NULL_PID) return;
    this.checkContinuity(packet, pid);
    this.parser.push(packet);
    if (pid === 0) this.chooseProgram(packet);
    if (this.parser.packetsWaitingForPmt.length > MOST_PACKETS_BEFORE_PROGRAM_MAP) {
      throw new Failure(`${this.name} has no program map in its first megabytes, so its streams cannot be told apart`, {
        next: 'Re-wrap it without re-encoding: ffmpeg -i <file> -c copy -f mpegts <new file>',
      });
    }
  }

  /** mux.js follows the first entry of the program association table, which in DVB is the network table (program 0). */
  private chooseProgram(packet: Buffer): void {
    const payload = payloadOf(packet);
    const table = payload.subarray(1 + (payload[0] ?? 0));
    if (table.length < 8 || (packet.readUInt8(1) & 0x40) === 0) return;
    const end = Math.min(3 + (table.readUInt16BE(1) & 0x0fff) - 4, table.length);
    const pids: number[] = [];
    for (let entry = 8; entry + 4 <= end; entry += 4) {
      if (table.readUInt16BE(entry) !== 0) pids.push(table.readUInt16BE(entry + 2) & 0x1fff);
    }
    this.programs = Math.max(this.programs, pids.length);
    if (pids[0] !== undefined) this.parser.pmtPid = pids[0];
  }

  private checkContinuity(packet: Buffer, pid: number): void {
    const control = packet.readUInt8(3);
    const hasPayload = (control & 0x10) !== 0;
    const counter = control & 0x0f;
    const previous = this.continuity.get(pid);
    this.continuity.set(pid, counter);
    if ((packet.readUInt8(1) & 0x80) !== 0) {
      this.damagedPackets += 1;
      return;
    }
    const announcedJump = (control & 0x20) !== 0 && packet.readUInt8(4) > 0 && (packet.readUInt8(5) & 0x80) !== 0;
    if (previous === undefined || announcedJump) return;
    // A packet may be sent twice with the same counter; one without payload does not count.
    const expected = hasPayload ? (previous + 1) & 0x0f : previous;
    if (counter !== expected && counter !== previous) this.damagedPackets += 1;
  }

  private lostSync(position: number): Failure {
    const what = position === 0 ? 'is not MPEG-TS' : 'is damaged';
    return new Failure(`${this.name} ${what}: no sync byte 0x47 at byte ${position}`, {
      next:
        position === 0
          ? 'Give MPEG-TS files with 188-byte packets. Make some: ffmpeg -i <file> -c copy -f hls <folder>/playlist.m3u8'
          : 'Copy or download the file again, or repair it: ffmpeg -i <file> -c copy -f mpegts <new file>',
    });
  }
}

/** The bytes of a packet behind its header and adaptation field. */
function payloadOf(packet: Buffer): Buffer {
  const control = packet.readUInt8(3);
  if ((control & 0x10) === 0) return packet.subarray(PACKET_BYTES);
  return packet.subarray((control & 0x20) === 0 ? 4 : 5 + packet.readUInt8(4));
}

function startsPes(event: { pid: number; payloadUnitStartIndicator: boolean; data?: Uint8Array }): boolean {
  const [first, second, third] = event.data ?? [];
  return event.payloadUnitStartIndicator && event.pid >= FIRST_STREAM_PID && first === 0 && second === 0 && third === 1;
}
