import { readSequenceParameterSet } from './sequence-parameter-set';

/** Sequence parameter sets written by x264; what they say was checked with ffprobe. */
const REAL = {
  interlaced1080: '674d4028f403c0227ef011000003000100000300321f162ea000',
  film422TenBit: '677a001eb6cb406c1ef35e1c2000007d2000177001e2c5d400',
  ntsc: '674d400deca0a0cfcf808800001f480007530078a14cb000',
  sample: '6764001eacd980a02ff97016a02020280000030008000003019078b16cd000',
};

describe('readSequenceParameterSet', () => {
  const read = (hex: string): ReturnType<typeof readSequenceParameterSet> =>
    readSequenceParameterSet(Buffer.from(hex, 'hex'));

  it('crops interlaced pictures by rows of a field', () => {
    expect(read(REAL.interlaced1080)).toMatchObject({
      profile: 77,
      flags: 64,
      level: 40,
      width: 1920,
      height: 1080,
      framesOnly: false,
      frameRate: { numerator: 25, denominator: 1 },
    });
  });

  it('reads depth, chroma and pixel shape of 4:2:2 at ten bits', () => {
    expect(read(REAL.film422TenBit)).toMatchObject({
      profile: 122,
      bitDepth: 10,
      chromaFormat: 2,
      width: 854,
      height: 478,
      pixelAspectRatio: { numerator: 4, denominator: 3 },
      frameRate: { numerator: 24000, denominator: 1001 },
    });
  });

  it('reads fractional rates', () => {
    expect(read(REAL.ntsc)).toMatchObject({
      width: 320,
      height: 180,
      frameRate: { numerator: 30000, denominator: 1001 },
    });
  });

  it('reads colour codes', () => {
    expect(read(REAL.sample).colour).toEqual({ primaries: 1, transfer: 1, matrix: 1 });
  });

  it('says so when the unit is cut short', () => {
    expect(() => read(REAL.sample.slice(0, 14))).toThrow(RangeError);
  });
});
