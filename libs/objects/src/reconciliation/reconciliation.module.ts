import { Module } from '@nestjs/common';
import { ObjectsModule } from '../objects.module';
import { Reconciliation } from './reconciliation';
import { ReconciliationGauges } from './reconciliation-gauges';
import { ReconciliationJob } from './reconciliation.job';
import { ReconciliationRepository } from './reconciliation.repository';

/** Comparing the index with what the storage backends hold. */
@Module({
  imports: [ObjectsModule],
  providers: [ReconciliationRepository, Reconciliation, ReconciliationJob, ReconciliationGauges],
  exports: [Reconciliation],
})
export class ReconciliationModule {}
