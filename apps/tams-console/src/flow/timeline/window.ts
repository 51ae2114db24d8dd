/** A stretch of the timeline, `[start, end)` in nanoseconds. */
export interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

/** The shortest stretch that is shown, in nanoseconds: less than a frame of anything. */
const SHORTEST = 10_000_000n;

export function lengthOf({ start, end }: Stretch): bigint {
  return end - start;
}

/** Where a moment lies, in pixels from the left. Exact to a pixel however far the origin is away. */
export function pixelOf(moment: bigint, shown: Stretch, width: number): number {
  return (Number(moment - shown.start) / Number(lengthOf(shown))) * width;
}

/** The moment at a pixel. */
export function momentAt(pixel: number, shown: Stretch, width: number): bigint {
  return shown.start + BigInt(Math.round((pixel / width) * Number(lengthOf(shown))));
}

/** Keeps what is shown within what there is, its length if possible. */
export function within(shown: Stretch, extent: Stretch): Stretch {
  const whole = lengthOf(extent);
  let length = lengthOf(shown);
  if (length >= whole) return extent;
  if (length < SHORTEST) length = SHORTEST < whole ? SHORTEST : whole;
  const latest = extent.end - length;
  const start = shown.start < extent.start ? extent.start : shown.start > latest ? latest : shown.start;
  return { start, end: start + length };
}

/** Shows more or less around a moment that stays where it is. @param factor below 1 comes closer */
export function zoomed(shown: Stretch, moment: bigint, factor: number, extent: Stretch): Stretch {
  const length = BigInt(Math.max(1, Math.round(Number(lengthOf(shown)) * factor)));
  const share = Number(moment - shown.start) / Number(lengthOf(shown));
  const start = moment - BigInt(Math.round(Number(length) * share));
  return within({ start, end: start + length }, extent);
}

/** Moves what is shown. @param by nanoseconds, positive for later */
export function moved(shown: Stretch, by: bigint, extent: Stretch): Stretch {
  return within({ start: shown.start + by, end: shown.end + by }, extent);
}

/** The distances marks may have, in nanoseconds: round for people who read clocks. */
const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((milliseconds) => BigInt(milliseconds) * 1_000_000n),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
    (seconds) => BigInt(seconds) * 1_000_000_000n,
  ),
];

/** Round moments to write below the lanes, with room for a text between them. */
export function ticksOf(shown: Stretch, width: number, room = 130): { step: bigint; ticks: bigint[] } {
  const smallest = Number(lengthOf(shown)) / Math.max(1, Math.floor(width / room));
  const step = steps.find((candidate) => Number(candidate) >= smallest) ?? wholeDays(smallest);
  const ticks: bigint[] = [];
  let tick = (shown.start / step) * step;
  if (tick < shown.start) tick += step;
  for (; tick < shown.end; tick += step) ticks.push(tick);
  return { step, ticks };
}

function wholeDays(nanoseconds: number): bigint {
  const day = 86_400_000_000_000;
  return BigInt(Math.ceil(nanoseconds / day)) * BigInt(day);
}
