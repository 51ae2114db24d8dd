import { findSequenceParameterSet, readSequenceParameterSet } from './sequence-parameter-set';

/** Sequence parameter sets written by x264; what they say was checked with ffprobe. */
const REAL = {
  interlaced1080: '674d4028f403c0227ef011000003000100000300321f162ea000',
  film422TenBit: '677a001eb6cb406c1ef35e1c2000007d2000177001e2c5d400',
  sample: '6764001eacd980a02ff97016a02020280000030008000003019078b16cd000',
};

describe('readSequenceParameterSet', () => {
  const read = (hex: string): ReturnType<typeof readSequenceParameterSet> =>
    readSequenceParameterSet(Buffer.from(hex, 'hex'));

  it('tells pictures that may be fields from frames only', () => {
    expect(read(REAL.interlaced1080)).toEqual({ bitDepth: 8, chromaFormat: 1, framesOnly: false });
    expect(read(REAL.sample)).toEqual({ bitDepth: 8, chromaFormat: 1, framesOnly: true });
  });

  it('reads depth and chroma of 4:2:2 at ten bits', () => {
    expect(read(REAL.film422TenBit)).toEqual({ bitDepth: 10, chromaFormat: 2, framesOnly: true });
  });

  it('says so when the unit is cut short', () => {
    expect(() => read(REAL.sample.slice(0, 14))).toThrow(RangeError);
  });
});

describe('findSequenceParameterSet', () => {
  const unit = Buffer.from(REAL.sample, 'hex');

  it('finds it in an avcC record', () => {
    const record = Buffer.concat([Buffer.from([1, 100, 0, 30, 0xff, 0xe1, 0, unit.length]), unit]);
    expect(findSequenceParameterSet(record, Buffer.alloc(0))).toEqual(unit);
  });

  it('finds it behind start codes, after other units', () => {
    const packet = Buffer.concat([Buffer.from([0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1]), unit]);
    expect(findSequenceParameterSet(undefined, packet)).toEqual(unit);
    expect(findSequenceParameterSet(undefined, Buffer.from([0, 0, 1, 9, 0xf0]))).toBeUndefined();
  });
});
