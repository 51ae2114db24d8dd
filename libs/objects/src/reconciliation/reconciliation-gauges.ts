import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@tams/platform';
import { GaugeRefresher, metrics } from '@tams/telemetry';
import { ReconciliationRepository } from './reconciliation.repository';

/** Shows what the last reconciliation left, whoever ran it: the server, or `npm run reconcile`. */
@Injectable()
export class ReconciliationGauges implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly reconciliations: ReconciliationRepository,
    private readonly refresher: GaugeRefresher,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'reconciliations', refresh: () => this.refresh() });
  }

  private async refresh(): Promise<void> {
    for (const last of await this.reconciliations.last(this.database)) {
      const labels = { storage_backend: last.storage_id };
      const findings = metrics.reconciliationFindings;
      findings.series({ ...labels, kind: 'orphan' }).set(last.orphans);
      findings.series({ ...labels, kind: 'dangling' }).set(last.dangling);
      findings.series({ ...labels, kind: 'size-mismatch' }).set(last.size_mismatches);
      metrics.reconciliationOrphanBytes.series(labels).set(last.orphan_bytes);
      metrics.reconciliationFinished.series(labels).set(last.finished);
      metrics.reconciliationIncomplete.series(labels).set(last.incomplete ? 1 : 0);
    }
  }
}
