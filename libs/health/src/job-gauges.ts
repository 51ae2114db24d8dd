import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, JobQueue } from '@tams/platform';
import { GaugeRefresher, HealthChecks, type HealthFacts, metrics } from '@tams/telemetry';

/** A job that is due and has waited for so long says that nobody works on its kind. */
const STUCK_AFTER_SECONDS = 900;

/** Shows what waits in the job queue: gauges for each kind, and a part of `/health`. */
@Injectable()
export class JobGauges implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
    private readonly health: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'jobs', refresh: () => this.refresh() });
    this.health.add({ name: 'job_queue', required: false, check: () => this.check() });
  }

  private async refresh(): Promise<void> {
    for (const { kind, waiting, oldestWaitingSeconds } of await this.jobs.depths(this.database)) {
      metrics.jobsWaiting.series({ queue: kind }).set(waiting);
      metrics.jobsOldestWaiting.series({ queue: kind }).set(oldestWaitingSeconds);
    }
  }

  private async check(): Promise<HealthFacts> {
    const depths = await this.jobs.depths(this.database);
    const stuck = depths.filter(({ oldestWaitingSeconds }) => oldestWaitingSeconds > STUCK_AFTER_SECONDS);
    if (stuck.length > 0) {
      const kinds = stuck.map(({ kind, oldestWaitingSeconds }) => `${kind} for ${Math.round(oldestWaitingSeconds)} s`);
      throw new Error(
        `Jobs wait and nobody works on them: ${kinds.join(', ')}. Does any replica run with JOB_WORKERS?`,
      );
    }
    const total = (of: 'waiting' | 'running' | 'failed') => depths.reduce((sum, depth) => sum + depth[of], 0);
    return { waiting: total('waiting'), running: total('running'), failed: total('failed') };
  }
}
