import { Injectable } from '@nestjs/common';
import { Database } from '@tams/platform';
import { type StorageBackend, StorageBackends } from '@tams/storage';
import { BackendComparison } from './backend-comparison';
import { type BackendReport, type Finding, noFigures, reportOn } from './finding';
import { ReconciliationRepository } from './reconciliation.repository';

/** How a reconciliation is carried out, and who hears of it. */
export interface ReconciliationOptions {
  /** Deletes orphans, stops advertising what is dangling, corrects sizes. Never deletes a segment. */
  readonly repair: boolean;
  /** Whether unfinished uploads older than a day are freed; part of a repair. */
  readonly abandonUploads: boolean;
  /** Whether to repair although more than a tenth of what a backend should hold is not there. */
  readonly acceptLoss?: boolean;
  readonly minimumAgeSeconds: number;
  readonly signal: AbortSignal;
  readonly onFinding?: (finding: Finding) => void;
  readonly onBackend?: (backend: StorageBackend, expectedObjects: number) => void;
  readonly onProgress?: (objects: number) => void;
}

/** An unfinished upload this old is of a process that is gone: no attempt of ours lasts longer than half of it. */
const ABANDONED_AFTER_MILLISECONDS = 24 * 3600_000;
/** So many are lost one by one; more, and more than a tenth of all, were not: their volume or bucket is another. */
const FEW_LOST = 10;

/** Compares the index with what the storage backends really hold, while both are in use. */
@Injectable()
export class Reconciliation {
  constructor(
    private readonly database: Database,
    private readonly index: ReconciliationRepository,
    private readonly backends: StorageBackends,
  ) {}

  /** Compares all backends, one after the other, and keeps their figures. A backend that fails is left out, with the reason. */
  async run(options: ReconciliationOptions): Promise<BackendReport[]> {
    const reports: BackendReport[] = [];
    for (const backend of this.backends.all) {
      const started = new Date();
      const report = await this.compare(backend, options);
      options.signal.throwIfAborted();
      await this.index.save(this.database, options.repair ? leftBy(report) : report, started, options.repair);
      reports.push(report);
    }
    for (const id of await this.index.storageIds(this.database)) {
      if (this.backends.get(id)) continue;
      const problem = 'objects lie on this backend, but it is not configured; list it in STORAGE_BACKENDS_FILE again';
      reports.push(reportOn({ id }, noFigures(), problem));
    }
    return reports;
  }

  private async compare(backend: StorageBackend, options: ReconciliationOptions): Promise<BackendReport> {
    const health = await backend.check();
    if (!health.available) return reportOn(backend.details, noFigures(), health.problem ?? 'it does not answer');
    const expected = await this.index.count(this.database, backend.details.id);
    options.onBackend?.(backend, expected);
    if (options.repair && !options.acceptLoss) {
      const problem = await this.obstacleToRepair(backend, expected, options);
      if (problem !== undefined) return reportOn(backend.details, noFigures(), problem);
    }
    const comparison = new BackendComparison(backend, this.database, this.index, {
      ...options,
      onProgress: options.onProgress ?? (() => undefined),
    });
    try {
      for await (const finding of comparison.findings()) options.onFinding?.(finding);
      if (options.abandonUploads) {
        const before = new Date(Date.now() - ABANDONED_AFTER_MILLISECONDS);
        comparison.figures.abandoned_uploads = await backend.abandonUploads(before);
      }
    } catch (error) {
      options.signal.throwIfAborted();
      return reportOn(backend.details, comparison.figures, explain(error));
    }
    return reportOn(backend.details, comparison.figures);
  }

  /** Looks through a backend before anything on it is repaired. @returns why nothing should be */
  private async obstacleToRepair(
    backend: StorageBackend,
    expected: number,
    options: ReconciliationOptions,
  ): Promise<string | undefined> {
    const quiet = { ...options, repair: false, onProgress: () => undefined };
    const comparison = new BackendComparison(backend, this.database, this.index, quiet);
    const most = Math.max(FEW_LOST, expected / 10);
    try {
      for await (const { kind } of comparison.findings()) {
        if (kind !== 'dangling' || comparison.figures.dangling <= most) continue;
        return `more than ${Math.floor(most)} of ${expected} objects are not there, and nothing was repaired: is its volume or bucket the right one? --accept-loss repairs all the same`;
      }
    } catch (error) {
      options.signal.throwIfAborted();
      return explain(error);
    }
    return undefined;
  }
}

/** What a repair leaves: orphans are gone and sizes right, but lost media stays lost. A broken-off one is not judged. */
function leftBy(report: BackendReport): BackendReport {
  return report.problem === undefined ? { ...report, orphans: 0, orphan_bytes: 0, size_mismatches: 0 } : report;
}

/** The reason for operators: errors for clients keep it as their cause. */
function explain(error: unknown): string {
  const { message, cause } = error as Error;
  return Error.isError(cause) ? `${message} (${cause.message})` : message;
}
