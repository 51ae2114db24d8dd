import { exactFrameRate, exactRatio } from './frame-rate';

const metrics = {
  underlyingFrameRate: 25,
  bestGuessFrameRate: 25,
  minFrameRate: 25,
  maxFrameRate: 25,
  averageFrameRate: 25,
  medianFrameRate: 25,
  frameRateIsConstant: true,
  probedPacketCount: 100,
};

describe('exactRatio', () => {
  it.each([
    [25, 25, 1],
    [29.97002997, 30000, 1001],
    [59.94005994, 60000, 1001],
    [23.976, 24000, 1001],
    [12.5, 25, 2],
  ])('takes %d for %d/%d', (rate, numerator, denominator) => {
    expect(exactRatio(rate)).toEqual({ numerator, denominator });
  });
});

describe('exactFrameRate', () => {
  it('is constant where a few frames are missing, and variable where many are', () => {
    expect(exactFrameRate({ ...metrics, frameRateIsConstant: false, averageFrameRate: 24 })).toEqual({
      numerator: 25,
      denominator: 1,
    });
    expect(exactFrameRate({ ...metrics, frameRateIsConstant: false, averageFrameRate: 18 })).toBeUndefined();
  });

  it('is unknown without a common step, or for a single picture', () => {
    expect(exactFrameRate({ ...metrics, underlyingFrameRate: null })).toBeUndefined();
    expect(exactFrameRate({ ...metrics, probedPacketCount: 1 })).toBeUndefined();
  });
});
