import type { FrameRateMetrics } from 'mediabunny';
import { reduced, type Ratio } from './ratio';

/** Rates within this share of each other are the same rate: times are rounded to ticks, in Matroska to milliseconds. */
const SAME_RATE = 0.0002;
/** Frames may be missing here and there; with more than this missing the rate is called variable. */
const SHARE_OF_FRAMES = 0.9;

/** The frame rate as an exact fraction, from the distances between frames; undefined where it varies. */
export function exactFrameRate(metrics: FrameRateMetrics): Ratio | undefined {
  const rate = metrics.underlyingFrameRate;
  if (rate === null || !Number.isFinite(rate) || rate <= 0 || metrics.probedPacketCount < 2) return undefined;
  if (!metrics.frameRateIsConstant && metrics.averageFrameRate < rate * SHARE_OF_FRAMES) return undefined;
  return exactRatio(rate);
}

/** The fraction meant by a measured rate: a whole number, one of the NTSC family (1000/1001), or thousandths. */
export function exactRatio(rate: number): Ratio {
  const whole = Math.round(rate);
  if (whole > 0 && isNear(rate, whole)) return { numerator: whole, denominator: 1 };
  const family = Math.round((rate * 1001) / 1000);
  if (family > 0 && isNear(rate, (family * 1000) / 1001)) return reduced(family * 1000, 1001);
  return reduced(Math.max(1, Math.round(rate * 1000)), 1000);
}

function isNear(rate: number, candidate: number): boolean {
  return Math.abs(rate - candidate) <= candidate * SAME_RATE;
}
