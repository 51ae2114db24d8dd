import { Injectable } from '@nestjs/common';
import { ClassAccess, idsWithinClasses } from '@tams/auth';
import { Database } from '@tams/platform';
import { type RetentionItem, RetentionPreview } from '@tams/segments';
import type { StorageBackend } from '@tams/storage';
import { TraceOperation } from '@tams/telemetry';
import { given } from '../library/flow-overview';
import { VisibleBackends } from '../visible-backends';
import { type ReconciliationRow, StorageOverviewRepository } from './storage-overview.repository';
import type { RetentionOverview, StorageOverview } from './storage-overview.schema';

const SHOWN_MOVES = 100;
const SHOWN_ITEMS = 200;
/** Flows with a retention that are looked at together, to know which of them the caller may read. */
const JUDGED_TOGETHER = 200;
/** Flows with a retention that are looked at altogether. */
const EXAMINED_ITEMS = 2000;

/** How storage is doing, and what will be deleted without anybody asking. */
@Injectable()
export class StorageOverviewService {
  constructor(
    private readonly database: Database,
    private readonly storage: StorageOverviewRepository,
    private readonly backends: VisibleBackends,
    private readonly retentionPreview: RetentionPreview,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation('console.storage')
  async overview(): Promise<StorageOverview> {
    const backends = this.backends.all;
    const ids = this.classes.readable && backends.map(({ details }) => details.id);
    const reconciliations = await this.storage.reconciliations(this.database);
    const last = new Map(reconciliations.map((row) => [row.storage_id, row]));
    const moving = await this.storage.moving(this.database, ids, SHOWN_MOVES + 1);
    const waiting = await this.storage.waiting(this.database, ids);
    return {
      backends: await Promise.all(backends.map((backend) => presentBackend(backend, last.get(backend.details.id)))),
      moving: moving.slice(0, SHOWN_MOVES),
      more_moving: moving.length > SHOWN_MOVES,
      missing_instances: Number(waiting.missing),
      collection: {
        unregistered: Number(waiting.unregistered),
        unreferenced: Number(waiting.unreferenced),
        being_collected: Number(waiting.being_collected),
      },
    };
  }

  /** What goes by retention, now and later, as far as the caller may read it. */
  @TraceOperation('console.retention')
  async retention(): Promise<RetentionOverview> {
    const items: RetentionItem[] = [];
    let [batch, examined]: [RetentionItem[], number] = [[], 0];
    for await (const item of this.retentionPreview.planned(new Date())) {
      batch.push(item);
      examined += 1;
      if (batch.length < JUDGED_TOGETHER && examined < EXAMINED_ITEMS) continue;
      items.push(...(await this.readable(batch)));
      batch = [];
      if (items.length > SHOWN_ITEMS || examined >= EXAMINED_ITEMS) break;
    }
    items.push(...(await this.readable(batch)));
    return { items: items.slice(0, SHOWN_ITEMS), more: items.length > SHOWN_ITEMS || examined >= EXAMINED_ITEMS };
  }

  private async readable(items: readonly RetentionItem[]): Promise<readonly RetentionItem[]> {
    const { readable } = this.classes;
    if (!readable) return items;
    const ids = items.map(({ flow_id: id }) => id);
    const visible = await idsWithinClasses(this.database, 'flow', ids, readable);
    return items.filter(({ flow_id: id }) => visible.has(id));
  }
}

async function presentBackend(
  backend: StorageBackend,
  last: ReconciliationRow | undefined,
): Promise<StorageOverview['backends'][number]> {
  const { id, label, store_type, provider, store_product, region, default_storage } = backend.details;
  const { available, latencyMilliseconds, problem, space } = await backend.check();
  return {
    id,
    ...given({ label }),
    store_type,
    provider,
    store_product,
    ...given({ region, default_storage }),
    available,
    latency_ms: Math.round(latencyMilliseconds * 100) / 100,
    ...given({ problem, free_bytes: space?.freeBytes, total_bytes: space?.totalBytes }),
    ...(last && { last_reconciliation: presentReconciliation(last) }),
  };
}

function presentReconciliation(
  row: ReconciliationRow,
): NonNullable<StorageOverview['backends'][number]['last_reconciliation']> {
  const { started, finished, repaired, problem } = row;
  return {
    started,
    finished,
    repaired,
    ...given({ problem }),
    objects: Number(row.objects),
    bytes: Number(row.bytes),
    orphans: Number(row.orphans),
    orphan_bytes: Number(row.orphan_bytes),
    dangling: Number(row.dangling),
    size_mismatches: Number(row.size_mismatches),
  };
}
