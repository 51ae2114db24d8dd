import { NANOSECONDS_PER_SECOND } from '@tams/timing';

/** Frames a second as a fraction, as `essence_parameters.frame_rate` has it. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** Reads `frame_rate` of a Flow's essence parameters; `undefined` where there is none. */
export function frameRateOf(essence: unknown): FrameRate | undefined {
  if (typeof essence !== 'object' || essence === null || !('frame_rate' in essence)) return undefined;
  const rate = essence.frame_rate as { numerator?: unknown; denominator?: unknown } | null;
  if (typeof rate?.numerator !== 'number' || rate.numerator <= 0) return undefined;
  const denominator = typeof rate.denominator === 'number' && rate.denominator > 0 ? rate.denominator : 1;
  return { numerator: rate.numerator, denominator };
}

/** The frame a moment lies in, counted from the origin of the timeline. */
export function frameAt(nanoseconds: bigint, { numerator, denominator }: FrameRate): bigint {
  return floorDivide(nanoseconds * BigInt(numerator), BigInt(denominator) * NANOSECONDS_PER_SECOND);
}

/** When a frame begins, rounded up to whole nanoseconds so that {@link frameAt} finds the same frame again. */
export function startOfFrame(frame: bigint, { numerator, denominator }: FrameRate): bigint {
  return -floorDivide(-(frame * BigInt(denominator) * NANOSECONDS_PER_SECOND), BigInt(numerator));
}

/**
 * A moment as SMPTE ST 12 timecode counted from the origin of the timeline; drop-frame (with `;`) for rates over 1001
 * whose nominal rate is a multiple of 30. It begins again every 24 hours.
 */
export function timecodeOf(nanoseconds: bigint, rate: FrameRate): string {
  const nominal = BigInt(Math.round(rate.numerator / rate.denominator));
  const drops = rate.denominator === 1001 && nominal % 30n === 0n;
  const frame = frameAt(nanoseconds, rate);
  const numbered = drops ? withDroppedNumbers(frame, nominal) : frame;
  const day = nominal * 86_400n;
  const inDay = ((numbered % day) + day) % day;
  const seconds = inDay / nominal;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(twoDigits).join(':');
  return `${parts}${drops ? ';' : ':'}${twoDigits(inDay % nominal)}`;
}

/** Leaves out the first numbers of each minute, except every tenth: two of 30, four of 60. */
function withDroppedNumbers(frame: bigint, nominal: bigint): bigint {
  const dropped = nominal / 15n;
  const inMinute = nominal * 60n - dropped;
  const inTenMinutes = nominal * 600n - dropped * 9n;
  const tens = floorDivide(frame, inTenMinutes);
  const rest = frame - tens * inTenMinutes;
  // The first minute of ten is whole.
  const minutes = rest < nominal * 60n ? 0n : 1n + (rest - nominal * 60n) / inMinute;
  return frame + dropped * (tens * 9n + minutes);
}

function twoDigits(value: bigint): string {
  return String(value).padStart(2, '0');
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}
