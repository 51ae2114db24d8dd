import { Injectable } from '@nestjs/common';
import type { HealthReport } from '@tams/health';
import { Configuration } from '@tams/platform';
import { failureText } from '@tams/telemetry';
import { CheckWatch } from '../checks/check-watch';
import { ReplicasService } from '../replicas/replicas.service';
import { Sampler } from '../series/sampler';
import type { Overview } from './overview.schema';

/** How the server is, at a glance. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly watch: CheckWatch,
    private readonly replicas: ReplicasService,
    private readonly sampler: Sampler,
    private readonly configuration: Configuration,
  ) {}

  /** As of the latest look at every part, which is at most some seconds old. */
  async overview(): Promise<Overview> {
    return this.of(await this.watch.report());
  }

  /** What a report says, with all that is remembered beside it. */
  async of(report: HealthReport): Promise<Overview> {
    const { status, summary, runbook, version } = report;
    return {
      at: new Date().toISOString(),
      status,
      summary,
      ...(runbook !== undefined && { runbook }),
      version,
      uptime_seconds: Math.round(process.uptime()),
      checks: this.checksOf(report),
      figures: this.sampler.series.newest(),
      links: this.configuration.linkedTools,
      ...(await this.presentReplicas()),
    };
  }

  private checksOf({ checks }: HealthReport): Overview['checks'] {
    return Object.entries(checks).map(([name, check]) => {
      const { status, latency_ms: latency = 0, message, ...facts } = check as CheckReport;
      return {
        name,
        status,
        latency_ms: latency,
        ...(message !== undefined && { message }),
        facts,
        last_hour: this.watch.stripOf(name),
      };
    });
  }

  private async presentReplicas(): Promise<Pick<Overview, 'replicas' | 'replicas_problem'>> {
    try {
      return { replicas: await this.replicas.present() };
    } catch (error) {
      return { replicas: [], replicas_problem: failureText(error) };
    }
  }
}

/** One check as `/health` lists it. */
interface CheckReport {
  readonly status: Overview['checks'][number]['status'];
  readonly latency_ms?: number;
  readonly message?: string;
  readonly [fact: string]: unknown;
}
