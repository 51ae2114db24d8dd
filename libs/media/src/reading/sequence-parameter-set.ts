import { BitReader } from './bit-reader';

/** What an H.264 sequence parameter set says and mediabunny does not tell (ITU-T H.264, 7.3.2.1.1). */
export interface SequenceParameters {
  bitDepth: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  /** False where pictures may be coded as fields. */
  framesOnly: boolean;
}

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const UNIT_SEQUENCE_PARAMETERS = 7;

/**
 * Reads a sequence parameter set NAL unit (with its header byte).
 * @throws RangeError where the unit is cut short
 */
export function readSequenceParameterSet(unit: Uint8Array): SequenceParameters {
  const reader = new BitReader(withoutEmulationPrevention(unit.subarray(1)));
  const profile = reader.bits(8);
  reader.bits(16);
  reader.unsigned();
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? readChroma(reader) : { chromaFormat: 1, bitDepth: 8 };
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.flag();
  reader.unsigned();
  reader.unsigned();
  return { ...chroma, framesOnly: reader.flag() };
}

/**
 * Finds the first sequence parameter set: in an `avcC` record (ISO/IEC 14496-15, 5.3.3.1), or else in a packet with start
 * codes. Undefined where there is none.
 */
export function findSequenceParameterSet(record: Uint8Array | undefined, packet: Uint8Array): Uint8Array | undefined {
  if (record) {
    const size = ((record[6] ?? 0) << 8) | (record[7] ?? 0);
    return ((record[5] ?? 0) & 0x1f) > 0 && size > 0 ? record.subarray(8, 8 + size) : undefined;
  }
  for (let at = 0; at + 3 < packet.length; at += 1) {
    const startsUnit = packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1;
    if (startsUnit && ((packet[at + 3] ?? 0) & 0x1f) === UNIT_SEQUENCE_PARAMETERS) return packet.subarray(at + 3);
  }
  return undefined;
}

function readChroma(reader: BitReader): { chromaFormat: number; bitDepth: number } {
  const chromaFormat = reader.unsigned();
  if (chromaFormat === 3) reader.flag();
  const bitDepth = reader.unsigned() + 8;
  reader.unsigned();
  reader.flag();
  if (reader.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let list = 0; list < lists; list += 1) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return { chromaFormat, bitDepth };
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index += 1) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.flag();
  reader.signed();
  reader.signed();
  const count = reader.unsigned();
  for (let frame = 0; frame < count; frame += 1) reader.signed();
}

/** Removes the 0x03 that an encoder puts behind two zero bytes so that no start code appears inside a unit (7.4.1). */
function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, index) => !(byte === 3 && index >= 2 && bytes[index - 1] === 0 && bytes[index - 2] === 0));
}
