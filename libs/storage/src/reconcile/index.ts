export type { BackendFigures, BackendReport, Finding } from './finding';
export { Reconciliation, type ReconciliationOptions } from './reconciliation';
export { ReconciliationModule } from './reconciliation.module';
export { ReconciliationRepository } from './reconciliation.repository';
