import { PictureDistances } from './frame-rate';

function distances(...ticks: number[]): PictureDistances {
  const collected = new PictureDistances();
  ticks.forEach((each) => {
    collected.add(each);
  });
  return collected;
}

function repeated(ticks: number[], times: number): number[] {
  return Array.from({ length: times }, () => ticks).flat();
}

describe('PictureDistances', () => {
  it('trusts the declared rate where the distances agree', () => {
    expect(distances(...repeated([3003], 30)).timing({ numerator: 30000, denominator: 1001 })).toEqual({
      frameRate: { numerator: 30000, denominator: 1001 },
      pictureDuration: { numerator: 1001, denominator: 30000 },
    });
  });

  it('recognises common rates although ticks are rounded', () => {
    const film = distances(...repeated([3753, 3754, 3754, 3754], 10));
    expect(film.timing(undefined)?.frameRate).toEqual({ numerator: 24000, denominator: 1001 });
    const milliseconds = distances(...repeated([2970, 3060, 2970], 20));
    expect(milliseconds.timing(undefined)?.frameRate).toEqual({ numerator: 30, denominator: 1 });
  });

  it('prefers what it measures to a wrong declaration', () => {
    expect(distances(...repeated([1800], 20)).timing({ numerator: 30, denominator: 1 })?.frameRate).toEqual({
      numerator: 50,
      denominator: 1,
    });
  });

  it('understands packets of one field and packets of two frames', () => {
    const declared = { numerator: 25, denominator: 1 };
    expect(distances(...repeated([1800], 20)).timing(declared)).toEqual({
      frameRate: declared,
      pictureDuration: { numerator: 1, denominator: 50 },
    });
    expect(distances(...repeated([7200], 20)).timing(declared)).toEqual({
      frameRate: declared,
      pictureDuration: { numerator: 2, denominator: 25 },
    });
  });

  it('calls a rate variable when too many distances differ, but not for a gap', () => {
    expect(distances(...repeated([3000], 20), 90000).timing(undefined)?.frameRate).toEqual({
      numerator: 30,
      denominator: 1,
    });
    expect(distances(...repeated([3000, 9000], 20)).timing({ numerator: 30, denominator: 1 })).toEqual({
      frameRate: undefined,
      pictureDuration: { numerator: 1, denominator: 30 },
    });
  });

  it('falls back to the declaration for a single picture', () => {
    expect(distances().timing({ numerator: 25, denominator: 1 })?.frameRate).toEqual({ numerator: 25, denominator: 1 });
    expect(distances().timing(undefined)).toBeUndefined();
  });
});
