import { open, type FileHandle } from 'node:fs/promises';
import { type EncodedPacket, StreamTarget, type StreamTargetChunk } from 'mediabunny';
import { PACKET_BYTES, SYNC_BYTE, TICKS_PER_SECOND, type TrackDescription, type TrackWriter } from '@tams/media';
import { DecodingTimes } from './decoding-times';
import { writeWhole } from './file-target';
import {
  languageDescriptor,
  programAssociation,
  programMap,
  streamsOf,
  type ProgramStream,
} from './transport-stream-tables';

/** Seconds at which the file's media begins: decoding times and the clock lie before it, and none may be negative. */
export const TRANSPORT_STREAM_START = 1.4;
/** Ticks by which packets arrive before they are decoded. */
const ARRIVAL_LEAD = 0.7 * TICKS_PER_SECOND;
/** A clock at least every 100 ms (ISO/IEC 13818-1, 2.7.2), and tables a little more often than ETSI TR 101 290 asks. */
const LONGEST_CLOCK_STEP = 0.08 * TICKS_PER_SECOND;
const SHORTEST_CLOCK_STEP = 0.02 * TICKS_PER_SECOND;
const TABLES_STEP = 0.2 * TICKS_PER_SECOND;
/** Beside pictures, sound moves the clock only where it is this far ahead, as where the picture has a gap. */
const SOUND_AHEAD = 0.5 * TICKS_PER_SECOND;
const ASSOCIATION_PID = 0;
const MAP_PID = 0x1000;
const PAYLOAD_BYTES = 184;

interface Stream extends ProgramStream {
  /** Among the tracks as they were announced. */
  place: number;
  isPicture: boolean;
  decoding: DecodingTimes;
}

/**
 * An MPEG-TS file. The library packs the media; this adds what it leaves out and broadcast equipment needs: a program clock,
 * tables again and again, decoding times before presentation times, and languages.
 */
export class TransportStreamFile {
  readonly target: StreamTarget;
  /** In the order of their first packets, by which the library numbers streams. */
  private readonly tracks: { place: number; description: TrackDescription; decoding: DecodingTimes }[] = [];
  private announced = 0;
  private readonly counters = new Map<number, number>();
  private streams: Map<number, Stream> | undefined;
  private map: Buffer[] = [];
  private clockPid = 0;
  private clock: number | undefined;
  private tablesAt = -Infinity;
  private written: Buffer[] = [];

  private constructor(private readonly file: FileHandle) {
    this.target = new StreamTarget(
      new WritableStream<StreamTargetChunk>({
        write: ({ data }) => this.take(Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
        close: () => file.close(),
        abort: () => file.close(),
      }),
    );
  }

  /** Creates the file. */
  static async create(path: string): Promise<TransportStreamFile> {
    return new TransportStreamFile(await open(path, 'w'));
  }

  /** Watches what is written of a track. */
  watching(writer: TrackWriter, description: TrackDescription): TrackWriter {
    const decoding = new DecodingTimes();
    const place = this.announced;
    this.announced += 1;
    let begun = false;
    return {
      add: async (packet: EncodedPacket) => {
        if (!begun) this.tracks.push({ place, description, decoding });
        begun = true;
        decoding.add(Math.round(packet.timestamp * TICKS_PER_SECOND), packet.type === 'key');
        await writer.add(packet);
      },
      close: () => {
        decoding.close();
        writer.close();
      },
    };
  }

  private async take(bytes: Buffer): Promise<void> {
    for (let at = 0; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) {
      this.takePacket(bytes.subarray(at, at + PACKET_BYTES));
    }
    await writeWhole(this.file, Buffer.concat(this.written), null);
    this.written = [];
  }

  private takePacket(packet: Buffer): void {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    if (pid === ASSOCIATION_PID) return;
    if (pid === MAP_PID) {
      this.map.push(packet);
      return;
    }
    this.streams ??= this.readStreams();
    const stream = this.streams.get(pid);
    if (stream && beginsUnit(packet)) this.beginUnit(stream, packet);
    this.write(pid, packet);
  }

  private beginUnit(stream: Stream, packet: Buffer): void {
    const hasAdaptation = (packet.readUInt8(3) & 0x20) !== 0;
    const adaptation = hasAdaptation ? packet.readUInt8(4) : 0;
    // The first packet of a file follows nothing that it could be discontinuous with.
    if (adaptation > 0) packet.writeUInt8(packet.readUInt8(5) & 0x7f, 5);
    const unit = packet.subarray(hasAdaptation ? 5 + adaptation : 4);
    const time = stream.decoding.next();
    if (stream.isPicture) {
      writeDecodingTime(unit.subarray(14), time);
      this.advanceClock(time - ARRIVAL_LEAD, adaptation > 0 && (packet.readUInt8(5) & 0x40) !== 0);
    } else {
      this.advanceClock(time - ARRIVAL_LEAD - (this.clockPid === stream.pid ? 0 : SOUND_AHEAD), false);
    }
  }

  private readStreams(): Map<number, Stream> {
    const sections = this.map.map((packet) =>
      packet.subarray((packet.readUInt8(3) & 0x20) === 0 ? 4 : 5 + packet.readUInt8(4)),
    );
    const listed = streamsOf(Buffer.concat(sections).subarray(1));
    const streams = listed.map((stream, index) => {
      const track = this.tracks[index];
      if (!track) throw new Error('a stream that nobody wrote');
      const { description, decoding, place } = track;
      const isPicture = description.kind === 'video';
      const language = isPicture || description.language === 'und' ? [] : [languageDescriptor(description.language)];
      return { ...stream, place, isPicture, decoding, descriptors: Buffer.concat([stream.descriptors, ...language]) };
    });
    streams.sort((a, b) => a.place - b.place);
    this.clockPid = (streams.find(({ isPicture }) => isPicture) ?? streams[0])?.pid ?? 0;
    this.map = tablePackets(MAP_PID, programMap(streams, this.clockPid));
    return new Map(streams.map((stream) => [stream.pid, stream]));
  }

  /** The clock goes on evenly through stretches without media. */
  private advanceClock(time: number, withTables: boolean): void {
    if (this.clock === undefined) this.setClock(time, true);
    else {
      while (this.clock + LONGEST_CLOCK_STEP < time) this.setClock(this.clock + LONGEST_CLOCK_STEP, false);
      if (this.clock + SHORTEST_CLOCK_STEP <= time) this.setClock(time, withTables);
    }
  }

  private setClock(time: number, withTables: boolean): void {
    this.clock = time;
    if (withTables || time - this.tablesAt >= TABLES_STEP) {
      this.tablesAt = time;
      for (const table of tablePackets(ASSOCIATION_PID, programAssociation(MAP_PID)))
        this.write(ASSOCIATION_PID, table);
      for (const table of this.map) this.write(MAP_PID, Buffer.from(table));
    }
    this.written.push(this.clockPacket(time));
  }

  /** A packet without payload, which therefore does not count on (2.4.3.3). */
  private clockPacket(time: number): Buffer {
    const packet = Buffer.alloc(PACKET_BYTES, 0xff);
    const counter = ((this.counters.get(this.clockPid) ?? 0) + 15) % 16;
    packet.set([SYNC_BYTE, this.clockPid >> 8, this.clockPid & 0xff, 0x20 | counter, PACKET_BYTES - 5, 0x10]);
    const base = BigInt.asUintN(33, BigInt(Math.floor(time)));
    packet.writeUInt32BE(Number(base >> 1n), 6);
    packet.writeUInt16BE((Number(base & 1n) << 15) | 0x7e00, 10);
    return packet;
  }

  private write(pid: number, packet: Buffer): void {
    const counter = this.counters.get(pid) ?? 0;
    this.counters.set(pid, (counter + 1) % 16);
    packet.writeUInt8((packet.readUInt8(3) & 0xf0) | counter, 3);
    this.written.push(packet);
  }
}

function beginsUnit(packet: Buffer): boolean {
  return (packet.readUInt8(1) & 0x40) !== 0;
}

/** A section as packets; the first byte of the first says that the section begins at once. */
function tablePackets(pid: number, section: Buffer): Buffer[] {
  const payload = Buffer.concat([Buffer.alloc(1), section]);
  const packets: Buffer[] = [];
  for (let at = 0; at < payload.length; at += PAYLOAD_BYTES) {
    const packet = Buffer.alloc(PACKET_BYTES, 0xff);
    packet.set([SYNC_BYTE, (at === 0 ? 0x40 : 0) | (pid >> 8), pid & 0xff, 0x10]);
    payload.copy(packet, 4, at, at + PAYLOAD_BYTES);
    packets.push(packet);
  }
  return packets;
}

/** 33 bits in five bytes, in parts of 3, 15 and 15 bits with a marker bit behind each (2.4.3.6). */
function writeDecodingTime(bytes: Buffer, ticks: number): void {
  const time = BigInt.asUintN(33, BigInt(ticks));
  bytes.writeUInt8(0x10 | (Number(time >> 30n) << 1) | 1);
  bytes.writeUInt16BE((Number((time >> 15n) & 0x7fffn) << 1) | 1, 1);
  bytes.writeUInt16BE((Number(time & 0x7fffn) << 1) | 1, 3);
}
