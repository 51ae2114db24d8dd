import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { FlowNotFoundError } from '@tams/flows';
import { Database } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { formatNanoseconds, TimeRange } from '@tams/timing';
import { secondsOf } from '../library/flow-overview';
import { CoverageRepository, type CoveredFlow } from './coverage.repository';
import type { Coverage, CoverageQuery } from './coverage.schema';
import { type Run, Steps, type Stretch } from './density';

/** Segments of a window that are looked at one by one; of a window with more, places in it are. */
const EXAMINED_SEGMENTS = 1500;

/** Where a Flow has media, at any zoom, at a cost that does not grow with the Flow. */
@Injectable()
export class CoverageService {
  constructor(
    private readonly database: Database,
    private readonly segments: CoverageRepository,
    private readonly classes: ClassAccess,
  ) {}

  /** @throws {FlowNotFoundError} {@link MissingClassRightError} */
  @TraceOperation('console.coverage')
  async of(flowId: string, { timerange, resolution }: CoverageQuery): Promise<Coverage> {
    const flow = await this.segments.flow(this.database, flowId);
    if (!flow) throw new FlowNotFoundError(flowId);
    this.classes.require('read', flow.tags, () => new FlowNotFoundError(flowId));
    const extent = extentOf(flow);
    const window = extent && commonPart(extent, timerange ?? TimeRange.ETERNITY);
    const found = window ? await this.look(flowId, flow, window, resolution) : { runs: [], exact: true, step: 0n };
    return {
      flow_id: flowId,
      timerange: (timerange ?? rangeOf(extent)).toString(),
      ...(extent && { extent: rangeOf(extent).toString() }),
      segment_count: Number(flow.segment_count),
      ...(extent && { hole_seconds: secondsOf(extent.end - extent.start - BigInt(flow.media_ns)) }),
      step: formatNanoseconds(found.step),
      exact: found.exact,
      runs: found.runs.map(present),
    };
  }

  private async look(
    flowId: string,
    flow: CoveredFlow,
    window: Stretch,
    resolution: number,
  ): Promise<{ runs: readonly Run[]; exact: boolean; step: bigint }> {
    const steps = new Steps(window, resolution);
    const step = steps.length;
    if (hasNoHole(flow)) return { runs: [{ ...window, density: 1 }], exact: true, step };
    const islands = isExpectedToHoldMore(flow, window)
      ? undefined
      : await this.segments.islands(this.database, flowId, window, EXAMINED_SEGMENTS);
    if (!islands) {
      const holes = await this.segments.holesAt(this.database, flowId, steps.probes());
      return { runs: steps.estimate(holes), exact: false, step };
    }
    const runs =
      islands.length <= resolution ? islands.map((island) => ({ ...island, density: 1 })) : steps.measure(islands);
    return { runs, exact: true, step };
  }
}

function extentOf({ first_start_ns: start, last_end_ns: end }: CoveredFlow): Stretch | undefined {
  return start === null || end === null ? undefined : { start: BigInt(start), end: BigInt(end) };
}

function rangeOf(stretch: Stretch | undefined): TimeRange {
  return stretch ? TimeRange.fromHalfOpen(stretch) : TimeRange.NEVER;
}

/** What a timerange has in common with an extent; `undefined` when that is nothing. */
function commonPart(extent: Stretch, timerange: TimeRange): Stretch | undefined {
  if (timerange.isEmpty()) return undefined;
  const asked = timerange.clampToStorable();
  const start = asked.start > extent.start ? asked.start : extent.start;
  const end = asked.end < extent.end ? asked.end : extent.end;
  return start < end ? { start, end } : undefined;
}

/** The Flow's row alone tells: what its segments cover is as long as its extent. */
function hasNoHole({ first_start_ns: start, last_end_ns: end, media_ns: media }: CoveredFlow): boolean {
  return start !== null && end !== null && BigInt(end) - BigInt(start) === BigInt(media);
}

/** Whether a window must be expected to hold more segments than are looked at one by one: then none is. */
function isExpectedToHoldMore(flow: CoveredFlow, window: Stretch): boolean {
  const extent = extentOf(flow);
  if (!extent) return false;
  const expected = (BigInt(flow.segment_count) * (window.end - window.start)) / (extent.end - extent.start);
  return expected > BigInt(EXAMINED_SEGMENTS);
}

function present({ start, end, density }: Run): Coverage['runs'][number] {
  return { start: formatNanoseconds(start), end: formatNanoseconds(end), density };
}
