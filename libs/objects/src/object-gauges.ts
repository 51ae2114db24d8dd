import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@tams/platform';
import { GaugeRefresher, metrics } from '@tams/telemetry';
import { StoredBytes } from './stored-bytes';

/** In two parts, each of which an index holds, so that those that are registered are not read. */
const UNREGISTERED = `
  SELECT (SELECT count(*) FROM objects WHERE role IS NULL AND collect_at IS NULL)
       + (SELECT count(*) FROM objects WHERE role IS NULL AND collect_at IS NOT NULL) AS count`;

/** Keeps the gauges of objects true: how many wait to be registered, and the bytes on each storage backend. */
@Injectable()
export class ObjectGauges implements OnModuleInit {
  private readonly storedBytes: StoredBytes;

  constructor(
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
  ) {
    this.storedBytes = new StoredBytes(database);
  }

  onModuleInit(): void {
    this.refresher.add({ name: 'unregistered objects', refresh: () => this.refreshUnregistered() });
    this.refresher.add({ name: 'stored bytes', refresh: () => this.refreshBytes() });
  }

  private async refreshUnregistered(): Promise<void> {
    const [figures] = await this.database.query<{ count: string }>(UNREGISTERED);
    metrics.objectsUnregistered.series({}).set(Number(figures?.count ?? 0));
  }

  private async refreshBytes(): Promise<void> {
    const stored = await this.storedBytes.look();
    if (!stored) return;
    // A backend whose last object is gone holds nothing: it must not keep its old figure.
    metrics.storageBytes.reset();
    for (const [storageId, bytes] of stored)
      metrics.storageBytes.series({ storage_backend: storageId }).set(Number(bytes));
  }
}
