import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { FlowNotFoundError } from '@tams/flows';
import { Database } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { TimeRange } from '@tams/timing';
import { given } from '../library/flow-overview';
import { DeletionPreviewRepository } from './deletion-preview.repository';
import type { DeletionPreview, DeletionPreviewQuery } from './deletion-preview.schema';

/** Segments that are looked at. */
const EXAMINED_SEGMENTS = 2000;

/** Tells before a deletion what would go and what would stay; changes nothing. */
@Injectable()
export class DeletionPreviewService {
  constructor(
    private readonly database: Database,
    private readonly deletions: DeletionPreviewRepository,
    private readonly classes: ClassAccess,
  ) {}

  /** @throws {FlowNotFoundError} {@link MissingClassRightError} */
  @TraceOperation('console.deletion-preview')
  async of(flowId: string, { timerange = TimeRange.ETERNITY }: DeletionPreviewQuery): Promise<DeletionPreview> {
    const flow = await this.deletions.flow(this.database, flowId);
    if (!flow) throw new FlowNotFoundError(flowId);
    this.classes.require('read', flow.tags, () => new FlowNotFoundError(flowId));
    const stretch = timerange.clampToStorable();
    const doomed = await this.deletions.doomed(this.database, flowId, stretch, EXAMINED_SEGMENTS);
    return {
      flow_id: flowId,
      ...given({ label: flow.label }),
      read_only: flow.read_only,
      flow_segment_count: Number(flow.segment_count),
      segments: Number(doomed.segments),
      more: Number(doomed.segments) === EXAMINED_SEGMENTS && Number(flow.segment_count) > EXAMINED_SEGMENTS,
      objects: Number(doomed.objects),
      shared_objects: Number(doomed.shared_objects),
      bytes: Number(doomed.bytes),
      freed_bytes: Number(doomed.freed_bytes),
    };
  }
}
