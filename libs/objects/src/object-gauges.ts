import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@tams/platform';
import { GaugeRefresher, metrics } from '@tams/telemetry';

const UNREGISTERED = 'SELECT count(*) AS count FROM objects WHERE role IS NULL';

const STORED_BYTES = `
  SELECT storage_id::text AS storage_id, sum(size_bytes)::text AS bytes
    FROM object_instances WHERE storage_id IS NOT NULL AND state <> 'missing' GROUP BY storage_id`;

/** Keeps the gauges of objects true: how many wait to be registered, and the bytes on each storage backend. */
@Injectable()
export class ObjectGauges implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'unregistered objects', refresh: () => this.refreshUnregistered() });
    this.refresher.add({ name: 'stored bytes', refresh: () => this.refreshBytes() });
  }

  private async refreshUnregistered(): Promise<void> {
    const [figures] = await this.database.query<{ count: string }>(UNREGISTERED);
    metrics.objectsUnregistered.series({}).set(Number(figures?.count ?? 0));
  }

  private async refreshBytes(): Promise<void> {
    const rows = await this.database.query<{ storage_id: string; bytes: string | null }>(STORED_BYTES);
    // A backend whose last object is gone holds nothing: it must not keep its old figure.
    metrics.storageBytes.reset();
    for (const row of rows)
      metrics.storageBytes.series({ storage_backend: row.storage_id }).set(Number(row.bytes ?? 0));
  }
}
