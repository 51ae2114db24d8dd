import { BitReader } from './bit-reader';

/** A fraction of two positive integers, as the specification writes rates and ratios. */
export interface Ratio {
  numerator: number;
  denominator: number;
}

/** What an H.264 sequence parameter set says about the pictures (ITU-T H.264, 7.3.2.1.1 and annex E). */
export interface SequenceParameters {
  profile: number;
  /** The byte of constraint flags between profile and level. */
  flags: number;
  level: number;
  /** Pixels, after cropping. */
  width: number;
  height: number;
  bitDepth: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  /** False where pictures may be coded as fields. */
  framesOnly: boolean;
  pixelAspectRatio?: Ratio;
  /** Codes of ITU-T H.273: primaries, transfer, matrix. */
  colour?: { primaries: number; transfer: number; matrix: number };
  /** Frames a second according to the stream's own timing information. */
  frameRate?: Ratio;
}

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Sample aspect ratios by `aspect_ratio_idc` (table E-1); 255 is written out. */
const ASPECT_RATIOS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];

/**
 * Reads a sequence parameter set NAL unit (with its header byte). mux.js has a reader too, but it gives no frame rate and a
 * wrong height for interlaced pictures.
 * @throws RangeError where the unit is cut short
 */
export function readSequenceParameterSet(unit: Uint8Array): SequenceParameters {
  const reader = new BitReader(withoutEmulationPrevention(unit.subarray(1)));
  const profile = reader.bits(8);
  const flags = reader.bits(8);
  const level = reader.bits(8);
  reader.unsigned();
  const { chromaFormat, bitDepth } = PROFILES_WITH_CHROMA.has(profile)
    ? readChroma(reader)
    : { chromaFormat: 1, bitDepth: 8 };
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.flag();
  const picture = readPictureSize(reader, chromaFormat);
  const usability = reader.flag() ? readUsability(reader) : {};
  return { profile, flags, level, chromaFormat, bitDepth, ...picture, ...usability };
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

function readPictureSize(
  reader: BitReader,
  chromaFormat: number,
): Pick<SequenceParameters, 'width' | 'height' | 'framesOnly'> {
  const widthInBlocks = reader.unsigned() + 1;
  const heightInMapUnits = reader.unsigned() + 1;
  const framesOnly = reader.flag();
  if (!framesOnly) reader.flag();
  reader.flag();
  const fields = framesOnly ? 1 : 2;
  // Cropping counts in chroma samples, and in rows of one field where pictures may be fields (7.4.2.1.1).
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * fields;
  const [left, right, top, bottom] = reader.flag()
    ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()]
    : [0, 0, 0, 0];
  return {
    width: widthInBlocks * 16 - unitX * (left + right),
    height: heightInMapUnits * 16 * fields - unitY * (top + bottom),
    framesOnly,
  };
}

function readUsability(reader: BitReader): Pick<SequenceParameters, 'pixelAspectRatio' | 'colour' | 'frameRate'> {
  const result: Pick<SequenceParameters, 'pixelAspectRatio' | 'colour' | 'frameRate'> = {};
  if (reader.flag()) {
    const code = reader.bits(8);
    const [numerator, denominator] =
      code === 255 ? [reader.bits(16), reader.bits(16)] : (ASPECT_RATIOS[code] ?? [0, 0]);
    if (numerator > 0 && denominator > 0) result.pixelAspectRatio = { numerator, denominator };
  }
  if (reader.flag()) reader.flag();
  if (reader.flag()) {
    reader.bits(4);
    if (reader.flag()) {
      result.colour = { primaries: reader.bits(8), transfer: reader.bits(8), matrix: reader.bits(8) };
    }
  }
  if (reader.flag()) {
    reader.unsigned();
    reader.unsigned();
  }
  if (reader.flag()) {
    const unitsInTick = reader.bits(32);
    const timeScale = reader.bits(32);
    // A tick is a field: two of them make a frame (E.2.1).
    if (unitsInTick > 0 && timeScale > 0) result.frameRate = reduced(timeScale, unitsInTick * 2);
  }
  return result;
}

/** The fraction in lowest terms. */
export function reduced(numerator: number, denominator: number): Ratio {
  let [a, b] = [numerator, denominator];
  while (b !== 0) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}

/** Removes the 0x03 that an encoder puts behind two zero bytes so that no start code appears inside a unit (7.4.1). */
function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, index) => !(byte === 3 && index >= 2 && bytes[index - 1] === 0 && bytes[index - 2] === 0));
}
