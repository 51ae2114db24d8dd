import { Injectable } from '@nestjs/common';
import { FlowLock } from '@tams/flows';
import { ObjectRegistrar, type ObjectUse } from '@tams/objects';
import { Answer, type Connection, Database, DomainError } from '@tams/platform';
import { formatLabel, metrics, TraceOperation } from '@tams/telemetry';
import { BatchTimeline } from './batch-timeline';
import { TimerangeBeingDeletedError } from '../deletion/deletion.errors';
import type { DeletionRow } from '../deletion/deletion.repository';
import { DeletionRequests } from '../deletion/deletion-requests.service';
import { type RegisteredSegment, SegmentEvents } from '../segment-events';
import { type Failures, RegistrationLine } from './registration-line';
import { failedSegmentOf, type FailedSegments, type SegmentBatch, type SegmentItem } from './segment-batch.schema';
import { SegmentExistsError, SegmentOverlapError } from '../segment.errors';
import { type Neighbour, type NewSegment, SegmentRepository } from '../segment.repository';
import { type FlowSegmentPost, usedRangeOf } from '../segment.schema';

/** A well-formed segment on its way into the store. */
interface Candidate extends NewSegment {
  readonly item: SegmentItem;
  readonly use: ObjectUse;
}

/** What a transaction did, to be counted once it is kept. */
interface Registered {
  readonly failures: Failures;
  readonly accepted: readonly RegisteredSegment[];
  /** Objects that were registered for the first time. */
  readonly newObjects: number;
  /** Content format of the Flow. */
  readonly format: string | undefined;
}

/** Registering segments: each is placed on the Flow's timeline and tied to its object, or refused for a reason. */
@Injectable()
export class SegmentRegistrationService {
  private readonly line = new RegistrationLine((flowId, items, baseUrl) =>
    this.registerInOneTransaction(flowId, items, baseUrl),
  );

  constructor(
    private readonly database: Database,
    private readonly lock: FlowLock,
    private readonly segments: SegmentRepository,
    private readonly objects: ObjectRegistrar,
    private readonly deletions: DeletionRequests,
    private readonly events: SegmentEvents,
  ) {}

  /**
   * Registers one segment or a list, in one transaction, which others that wait for the same Flow may share: 201 when all
   * succeed, 200 with those that failed otherwise. One segment by itself that fails is refused as such.
   * @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError} {@link FlowWithoutContainerError}
   */
  @TraceOperation('segment.register')
  async register(flowId: string, batch: SegmentBatch, baseUrl: string): Promise<Answer<FailedSegments>> {
    const failures = await this.line.register(flowId, batch.items, baseUrl);
    const failed = batch.items.flatMap((item) => {
      const error = failures.get(item);
      return error ? [{ item, error }] : [];
    });
    if (failed.length === 0) return Answer.created();
    if (batch.single && failed[0]) throw failed[0].error;
    return Answer.ok({ failed_segments: failed.map(({ item, error }) => failedSegmentOf(item, error)) });
  }

  private async registerInOneTransaction(
    flowId: string,
    items: readonly SegmentItem[],
    baseUrl: string,
  ): Promise<Failures> {
    const registered = await this.database.transaction((connection) =>
      this.registerAll(connection, flowId, items, baseUrl),
    );
    count(registered);
    return registered.failures;
  }

  private async registerAll(
    connection: Connection,
    flowId: string,
    items: readonly SegmentItem[],
    baseUrl: string,
  ): Promise<Registered> {
    const candidates = items.flatMap((item) => (item.segment ? [candidateOf(item, item.segment)] : []));
    const uses = candidates.map(({ use }) => use);
    // Sent together, carried out one after the other: what follows the lock sees what is true while it is held.
    const [locked, neighbours, objects] = await Promise.all([
      this.lock.writableMedia(connection, flowId),
      this.segments.overlapping(connection, flowId, candidates),
      this.objects.lock(connection, flowId, uses),
    ]);
    const flow = { id: locked.id, initSegments: locked.init_segments, container: locked.container };
    const deletions = await this.deletions.unfinished(connection, locked);
    const registration = this.objects.begin(flow, objects);
    const stored = new Map(neighbours.map((neighbour) => [candidates[neighbour.index], neighbour]));
    const timeline = new BatchTimeline<RegisteredSegment>();
    const failures = new Map<SegmentItem, DomainError>(
      items.flatMap((item) => (item.error ? [[item, item.error]] : [])),
    );
    for (const candidate of candidates) {
      const error = refusalOf(() => {
        refuseOverlap(candidate, stored.get(candidate) ?? timeline.overlapping(candidate));
        refuseDoomed(candidate, deletions);
        timeline.take({ ...candidate, object: registration.use(candidate.use) });
      });
      if (error) failures.set(candidate.item, error);
    }
    const accepted = timeline.items;
    if (accepted.length > 0) {
      await Promise.all([
        this.objects.save(connection, flow, registration),
        this.segments.insert(connection, flowId, accepted),
        this.events.added(connection, locked, accepted, baseUrl),
      ]);
    }
    const newObjects = registration.newMedia.length + registration.newInits.length;
    return {
      failures,
      accepted,
      newObjects,
      format: locked.document.format,
    };
  }
}

function count({ accepted, newObjects, format }: Registered): void {
  const labels = { format: formatLabel(format) };
  const nanoseconds = accepted.reduce((sum, { start, end }) => sum + (end - start), 0n);
  metrics.segmentsIngested.series(labels).add(accepted.length);
  metrics.mediaIngested.series(labels).add(Number(nanoseconds) / 1e9);
  metrics.objects.series({ stage: 'registered' }).add(newObjects);
}

function candidateOf(item: SegmentItem, segment: FlowSegmentPost): Candidate {
  const { start, end } = segment.timerange.value.clampToStorable();
  return {
    item,
    start,
    end,
    objectId: segment.object_id,
    timerange: segment.timerange.text,
    tsOffset: segment.ts_offset?.text,
    lastDuration: segment.last_duration?.text,
    sampleOffset: segment.sample_offset,
    sampleCount: segment.sample_count,
    use: {
      objectId: segment.object_id,
      initObjectId: segment.init_object_id,
      usedRange: usedRangeOf(segment),
      objectTimerange: segment.object_timerange,
      keyFrameCount: segment.key_frame_count,
      getUrls: segment.get_urls ?? [],
    },
  };
}

/** Runs a check; what it refuses is the item's failure, anything else a failure of ours. */
function refusalOf(check: () => void): DomainError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function refuseOverlap(candidate: Candidate, other: Neighbour | NewSegment | undefined): void {
  if (!other) return;
  const same = other.objectId === candidate.objectId && other.start === candidate.start && other.end === candidate.end;
  if (same) throw new SegmentExistsError(candidate.objectId, candidate.timerange);
  throw new SegmentOverlapError(candidate.timerange, other.timerange);
}

/** A deletion that is still on its way takes all it finds in its timerange, so nothing new may come to lie there. */
function refuseDoomed(candidate: Candidate, deletions: readonly DeletionRow[]): void {
  const doom = deletions.find(
    (deletion) =>
      candidate.start >= BigInt(deletion.start_ns) &&
      candidate.end <= BigInt(deletion.end_ns) &&
      candidate.end > BigInt(deletion.position_ns) &&
      (deletion.object_id ?? candidate.objectId) === candidate.objectId,
  );
  if (doom) throw new TimerangeBeingDeletedError(doom.timerange, doom.id);
}
