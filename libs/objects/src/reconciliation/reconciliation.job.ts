import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, type JobContext, JobQueue } from '@tams/platform';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import type { BackendReport } from './finding';
import { Reconciliation } from './reconciliation';

/** The kind of job that compares. */
export const RECONCILIATION_JOB = 'reconciliation';
const LONGEST_SECONDS = 24 * 3600;
/** It comes again by itself; a failure of everything, such as of the database, is worth a few more attempts. */
const RETRIES = 3;

/** Compares index and backends regularly. It reports and repairs nothing, but frees unfinished uploads. */
@Injectable()
export class ReconciliationJob implements OnModuleInit {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly configuration: Configuration,
    private readonly jobs: JobQueue,
    @InjectPinoLogger('Reconciliation') private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    const { intervalSeconds: everySeconds } = this.configuration.reconciliation;
    this.jobs.define(RECONCILIATION_JOB, {
      schema: z.object({}),
      timeoutSeconds: LONGEST_SECONDS,
      retry: { limit: RETRIES },
      ...(everySeconds > 0 && { everySeconds }),
      stop: {
        leaves: 'The figures of backends that were not compared stay those of the last run; the next run begins anew.',
      },
      handler: (_job, context) => this.run(context),
    });
  }

  private async run({ signal, show }: JobContext): Promise<void> {
    const compared = { about: '', unit: 'objects', done: 0, total: 0 };
    show(() => (compared.about === '' ? undefined : { ...compared }));
    const reports = await this.reconciliation.run({
      repair: false,
      abandonUploads: true,
      minimumAgeSeconds: this.configuration.reconciliation.minimumAgeSeconds,
      signal,
      onBackend: ({ details }, total) => {
        Object.assign(compared, { about: `storage backend ${details.label ?? details.id}`, done: 0, total });
      },
      onProgress: (objects) => {
        compared.done += objects;
      },
    });
    for (const report of reports) this.log(report);
  }

  private log(report: BackendReport): void {
    const name = report.label ?? report.storage_id;
    if (report.problem !== undefined) {
      this.logger.error(
        { ...report },
        `Storage backend ${name} could not be compared with the index: ${report.problem}`,
      );
    } else if (report.orphans + report.dangling + report.size_mismatches > 0) {
      const found = `${report.orphans} orphans, ${report.dangling} dangling, ${report.size_mismatches} sizes`;
      this.logger.warn({ ...report }, `Storage backend ${name} and the index disagree (${found}): npm run reconcile`);
    } else this.logger.debug({ ...report }, `Storage backend ${name} agrees with the index`);
  }
}
