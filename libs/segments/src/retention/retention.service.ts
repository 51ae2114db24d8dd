import { Injectable } from '@nestjs/common';
import { Configuration, type Connection, Database, ForbiddenError, NotFoundError, SteadyClock } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { DeletionService } from '../deletion/deletion.service';
import { emptyFlowItem, type RetentionItem, taggedItems } from './retention-plan';
import { RetentionRepository, type RetainedFlow } from './retention.repository';

const PAGE = 100;

/** What one run did. */
export interface RetentionOutcome {
  readonly items: number;
  readonly failures: number;
  /** Whether nothing was looked at, because the clock cannot be believed. */
  readonly held: boolean;
}

/** Tells what goes by retention, and when; changes nothing. */
@Injectable()
export class RetentionPreview {
  constructor(
    private readonly database: Database,
    private readonly retention: RetentionRepository,
    private readonly configuration: Configuration,
  ) {}

  /** Everything that goes now or is known to go later, with the number of segments. */
  async *items(now: Date): AsyncGenerator<RetentionItem> {
    for await (const item of this.planned(now)) {
      const { end } = TimeRange.parse(item.timerange ?? '()');
      if (item.what !== 'segments' || !item.due_now || end === null) yield item;
      else yield { ...item, segments: await this.retention.countUntil(this.database, item.flow_id, end) };
    }
  }

  /** The same without counting. */
  async *planned(now: Date): AsyncGenerator<RetentionItem> {
    const { emptyFlowRetentionSeconds: seconds } = this.configuration;
    for await (const flow of this.retention.tagged(this.database, PAGE)) yield* taggedItems(flow, now);
    if (seconds === 0) return;
    for await (const flow of this.retention.empty(this.database, PAGE)) {
      if (!taggedItems(flow, now).some(goesWhole)) yield emptyFlowItem(flow, now, seconds);
    }
  }

  /** Whether an item is due as it was planned, as the Flow is now. */
  async isStillDue(connection: Connection, planned: RetentionItem, now: Date): Promise<boolean> {
    const flow = await this.retention.find(connection, planned.flow_id);
    if (!flow) return false;
    const item = this.itemsOf(flow, now).find(({ what }) => what === planned.what);
    if (!item?.due_now) return false;
    return planned.timerange === undefined || !isEarlier(item.timerange, planned.timerange);
  }

  private itemsOf(flow: RetainedFlow, now: Date): RetentionItem[] {
    const { emptyFlowRetentionSeconds: seconds } = this.configuration;
    const isEmpty = seconds > 0 && flow.segment_count === '0' && !flow.collection;
    return [...taggedItems(flow, now), ...(isEmpty ? [emptyFlowItem(flow, now, seconds)] : [])];
  }
}

/**
 * Deletes what its retention has ended (AppNote 0019, ADR 0043 of the specification), through the same service as
 * clients do: small Flows at once, large ones by a deletion request. Read-only Flows stay.
 */
@Injectable()
export class RetentionService {
  constructor(
    private readonly preview: RetentionPreview,
    private readonly deletion: DeletionService,
    private readonly clock: SteadyClock,
    @InjectPinoLogger('Retention') private readonly logger: PinoLogger,
  ) {}

  /** Carries out everything that is due. A Flow that fails does not keep the others. @param onItem hears what went */
  async run(signal: AbortSignal, onItem: (item: RetentionItem) => void = () => undefined): Promise<RetentionOutcome> {
    const now = await this.clock.moment();
    if (!now) return { items: 0, failures: 0, held: true };
    let [items, failures] = [0, 0];
    for await (const item of this.preview.planned(now)) {
      signal.throwIfAborted();
      if (!item.due_now || item.held !== undefined) continue;
      try {
        await this.remove(item, now);
        items += 1;
        onItem(item);
      } catch (error) {
        // Gone, made read-only or being deleted since it was planned: somebody else decided.
        if (error instanceof NotFoundError || error instanceof ForbiddenError) continue;
        failures += 1;
        this.logger.error(
          { err: error, flow: item.flow_id },
          'What retention should delete is still there; next time.',
        );
      }
    }
    return { items, failures, held: false };
  }

  private async remove(item: RetentionItem, now: Date): Promise<void> {
    const stillDue = (connection: Connection): Promise<boolean> => this.preview.isStillDue(connection, item, now);
    if (item.what === 'segments') {
      const query = { timerange: TimeRange.parse(item.timerange ?? '()') };
      await this.deletion.deleteSegments(item.flow_id, query, '', stillDue);
    } else await this.deletion.deleteFlow(item.flow_id, '', stillDue);
    this.logger.info({ flow: item.flow_id, what: item.what, due: item.due }, 'Deleted by retention');
  }
}

function goesWhole({ what, due_now: dueNow }: RetentionItem): boolean {
  return what === 'flow' && dueNow;
}

/** Whether less is due than was planned: the offset was raised in between. */
function isEarlier(timerange: string | undefined, planned: string): boolean {
  const [now, then] = [TimeRange.parse(timerange ?? '()').end, TimeRange.parse(planned).end];
  return now === null || then === null || now < then;
}
