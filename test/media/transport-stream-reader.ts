const PACKET = 188;
const TICKS = 90_000;
/** Below are tables of DVB (ETSI EN 300 468, 5.1.3). */
const FIRST_STREAM_PID = 0x20;

/** What a strict reader of an MPEG-TS sees. */
export interface TransportStreamReport {
  /** Broken rules of ISO/IEC 13818-1 and first-priority checks of ETSI TR 101 290, each with the byte it was met at. */
  readonly problems: string[];
  /** Seconds from one clock reference to the next. */
  readonly clockSteps: number[];
}

/**
 * Reads an MPEG-TS as broadcast equipment does: sync bytes, continuity, tables at least every half a second with right
 * checksums, a program clock at least every 100 ms that never goes back, and for every unit of a stream clock <= DTS <= PTS, with
 * decoding times that only grow.
 */
export function readTransportStream(bytes: Buffer): TransportStreamReport {
  const reader = new StrictReader();
  for (let at = 0; at < bytes.length; at += PACKET) reader.read(bytes.subarray(at, at + PACKET), at);
  reader.requireTables();
  return reader;
}

class StrictReader implements TransportStreamReport {
  readonly problems: string[] = [];
  readonly clockSteps: number[] = [];
  private readonly counters = new Map<number, number>();
  private readonly decoded = new Map<number, number>();
  private readonly tables = new Map<number, number>();
  private sections = new Map<number, Buffer>();
  private mapPid = -1;
  private clockPid = -1;
  private clock: number | undefined;

  read(packet: Buffer, at: number): void {
    if (packet.length < PACKET || packet[0] !== 0x47) this.report(at, 'no packet begins here');
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const control = (packet[3] ?? 0) >> 4;
    const adaptation = (control & 2) === 0 ? undefined : (packet[4] ?? 0);
    this.count(pid, (control & 1) !== 0, (packet[3] ?? 0) & 15, at);
    if (adaptation !== undefined && adaptation > 0) this.readClock(pid, packet, at);
    const payload = packet.subarray(adaptation === undefined ? 4 : 5 + adaptation);
    const begins = ((packet[1] ?? 0) & 0x40) !== 0;
    if ((control & 1) === 0) return;
    if (pid === 0 || pid === this.mapPid) this.readSection(pid, payload, begins, at);
    else if (begins && pid >= FIRST_STREAM_PID) this.readUnit(pid, payload, at);
  }

  requireTables(): void {
    if (this.mapPid < 0 || this.clockPid < 0) this.report(0, 'there is no program');
    if (this.clock === undefined) this.report(0, 'there is no clock');
  }

  private report(at: number, problem: string): void {
    if (this.problems.length < 20) this.problems.push(`${problem} (byte ${at})`);
  }

  private count(pid: number, hasPayload: boolean, counter: number, at: number): void {
    const previous = this.counters.get(pid);
    this.counters.set(pid, counter);
    if (previous === undefined) return;
    const expected = hasPayload ? (previous + 1) % 16 : previous;
    if (counter !== expected) this.report(at, `PID ${pid} counts ${counter} after ${previous}`);
  }

  private readClock(pid: number, packet: Buffer, at: number): void {
    if (((packet[5] ?? 0) & 0x80) !== 0) this.report(at, `PID ${pid} says it is discontinuous`);
    if (pid !== this.clockPid || ((packet[5] ?? 0) & 0x10) === 0) return;
    const base = packet.readUInt32BE(6) * 2 + (packet.readUInt16BE(10) >> 15);
    const time = base + (packet.readUInt16BE(10) & 0x1ff) / 300;
    if (this.clock !== undefined) {
      const step = time - this.clock;
      this.clockSteps.push(step / TICKS);
      if (step <= 0) this.report(at, `the clock goes back by ${-step}`);
      if (step > 0.1 * TICKS) this.report(at, `the clock is silent for ${step / TICKS} s`);
    }
    this.clock = time;
    for (const [table, since] of this.tables) {
      if (time - since > 0.5 * TICKS) this.report(at, `table ${table} is missing for ${(time - since) / TICKS} s`);
    }
  }

  private readSection(pid: number, payload: Buffer, begins: boolean, at: number): void {
    const before = this.sections.get(pid) ?? Buffer.alloc(0);
    const bytes = begins ? payload.subarray(1 + (payload[0] ?? 0)) : Buffer.concat([before, payload]);
    this.sections.set(pid, bytes);
    const length = 3 + (bytes.readUInt16BE(1) & 0xfff);
    if (bytes.length < length) return;
    const section = bytes.subarray(0, length);
    if (checksumOf(section) !== 0) this.report(at, `the checksum of table ${pid} is wrong`);
    if (pid === 0) this.mapPid = section.readUInt16BE(10) & 0x1fff;
    else this.clockPid = section.readUInt16BE(8) & 0x1fff;
    if (this.clock !== undefined) this.tables.set(pid, this.clock);
  }

  private readUnit(pid: number, unit: Buffer, at: number): void {
    if (unit.readUIntBE(0, 3) !== 1) {
      this.report(at, `PID ${pid} begins no unit`);
      return;
    }
    const flags = (unit[7] ?? 0) >> 6;
    const presentation = timeAt(unit, 9);
    const decoding = (flags & 1) === 0 ? presentation : timeAt(unit, 14);
    if (this.clock === undefined || decoding < this.clock)
      this.report(at, `PID ${pid} comes after it should be decoded`);
    if (decoding > presentation) this.report(at, `PID ${pid} is decoded ${decoding - presentation} ticks too late`);
    const previous = this.decoded.get(pid);
    if (previous !== undefined && decoding <= previous) this.report(at, `decoding times of PID ${pid} do not grow`);
    this.decoded.set(pid, decoding);
  }
}

function timeAt(unit: Buffer, at: number): number {
  return (
    (((unit[at] ?? 0) >> 1) & 7) * 2 ** 30 +
    (unit.readUInt16BE(at + 1) >> 1) * 2 ** 15 +
    (unit.readUInt16BE(at + 3) >> 1)
  );
}

/** The CRC over a section with its checksum is zero. */
function checksumOf(section: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of section) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const out = ((crc >>> 31) ^ (byte >> bit)) & 1;
      crc = ((crc << 1) ^ (out === 1 ? 0x04c11db7 : 0)) >>> 0;
    }
  }
  return crc;
}
