import {
  boundsOf,
  Failure,
  type Flow,
  type FlowSegment,
  formatTimeRange,
  formatTimestamp,
  type NewSegment,
} from '@tams/media';

/** A segment cut to the part and moved to its new place: what is added to the object's times changes by as much. */
export function movedSegment(
  segment: FlowSegment,
  flow: Flow,
  part: { start: bigint; end: bigint; position: bigint },
): NewSegment {
  const bounds = boundsOf(segment.timerange);
  if (!bounds) throw new Failure(`Segment ${segment.timerange} has no bounds`);
  const start = bounds.start > part.start ? bounds.start : part.start;
  const end = bounds.end < part.end ? bounds.end : part.end;
  const shift = part.position - part.start;
  const offset = boundsOf(`[${segment.ts_offset ?? '0:0'}]`)?.start ?? 0n;
  const whole = boundsOf(segment.object_timerange ?? '');
  const isCut = start > bounds.start || end < bounds.end || segment.sample_offset !== undefined;
  return {
    object_id: segment.object_id,
    timerange: formatTimeRange(start + shift, end + shift),
    ...(offset + shift === 0n ? {} : { ts_offset: formatTimestamp(offset + shift) }),
    ...(end === bounds.end && segment.last_duration !== undefined ? { last_duration: segment.last_duration } : {}),
    ...(isCut ? samplesOf(flow, (whole?.start ?? bounds.start - offset) + offset, start, end) : {}),
  };
}

/** Which samples of the object are used: frames of a picture, samples of sound; older clients read them. */
function samplesOf(flow: Flow, objectStart: bigint, start: bigint, end: bigint): Partial<NewSegment> {
  const essence = flow.essence_parameters ?? {};
  const frameRate = essence['frame_rate'] as { numerator: number; denominator?: number } | undefined;
  const sampleRate = essence['sample_rate'] as number | undefined;
  const rate = frameRate ? [frameRate.numerator, frameRate.denominator ?? 1] : sampleRate ? [sampleRate, 1] : undefined;
  if (!rate) return {};
  const [numerator = 1, denominator = 1] = rate;
  const samples = (duration: bigint): number =>
    Number(
      (duration * BigInt(numerator) + 500_000_000n * BigInt(denominator)) / (1_000_000_000n * BigInt(denominator)),
    );
  return { sample_offset: samples(start - objectStart), sample_count: samples(end - start) };
}
