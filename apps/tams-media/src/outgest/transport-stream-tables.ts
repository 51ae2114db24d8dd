/** A stream of a program, as a program map lists it. */
export interface ProgramStream {
  pid: number;
  streamType: number;
  /** Descriptors as they stand. */
  descriptors: Buffer;
}

const ASSOCIATION_SECTION = 0x00;
const MAP_SECTION = 0x02;
const PROGRAM = 1;
const LANGUAGE_DESCRIPTOR = 0x0a;

/** A program association section of one program (ISO/IEC 13818-1, 2.4.4.3). */
export function programAssociation(mapPid: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt16BE(PROGRAM);
  body.writeUInt16BE(0xe000 | mapPid, 2);
  return section(ASSOCIATION_SECTION, body);
}

/** A program map section (2.4.4.8). @param clockPid PID whose packets carry the program clock */
export function programMap(streams: readonly ProgramStream[], clockPid: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xe000 | clockPid);
  head.writeUInt16BE(0xf000, 2);
  const listed = streams.map(({ pid, streamType, descriptors }) => {
    const entry = Buffer.alloc(5);
    entry.writeUInt8(streamType);
    entry.writeUInt16BE(0xe000 | pid, 1);
    entry.writeUInt16BE(0xf000 | descriptors.length, 3);
    return Buffer.concat([entry, descriptors]);
  });
  return section(MAP_SECTION, Buffer.concat([head, ...listed]));
}

/** The streams that a program map section lists. */
export function streamsOf(map: Buffer): ProgramStream[] {
  const end = 3 + (map.readUInt16BE(1) & 0xfff) - 4;
  const streams: ProgramStream[] = [];
  for (let at = 12 + (map.readUInt16BE(10) & 0xfff); at + 5 <= end;) {
    const length = map.readUInt16BE(at + 3) & 0xfff;
    const descriptors = Buffer.from(map.subarray(at + 5, at + 5 + length));
    streams.push({ pid: map.readUInt16BE(at + 1) & 0x1fff, streamType: map.readUInt8(at), descriptors });
    at += 5 + length;
  }
  return streams;
}

/** A descriptor of the language of a sound, three letters of ISO 639-2 (2.6.18). */
export function languageDescriptor(language: string): Buffer {
  return Buffer.concat([
    Buffer.from([LANGUAGE_DESCRIPTOR, 4]),
    Buffer.from(language.slice(0, 3), 'latin1'),
    Buffer.alloc(1),
  ]);
}

/** Number, version 0, section 0 of 0, and the checksum around the body of a section. */
function section(table: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + body.length + 4);
  bytes.writeUInt8(table);
  bytes.writeUInt16BE(0xb000 | (bytes.length - 3), 1);
  bytes.writeUInt16BE(PROGRAM, 3);
  bytes.writeUInt8(0xc1, 5);
  body.copy(bytes, 8);
  bytes.writeUInt32BE(checksum(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

const POLYNOMIAL = 0x04c11db7;

/** CRC_32 of annex A. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
  }
  return crc >>> 0;
}
