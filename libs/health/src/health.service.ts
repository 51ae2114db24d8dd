import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { failureText, type HealthCheck, HealthChecks } from '@tams/telemetry';
import { HealthSummaries, type HealthSummary } from './health-summary';
import { ProcessFigures, type ProcessReport } from './process-figures';

/** Token of the server's version, as `/health` shows it. */
export const SERVER_VERSION = Symbol('SERVER_VERSION');

/** Longest one part is waited for. */
const PATIENCE_MS = 3_000;

/** What `/health` answers. */
export interface HealthReport extends ProcessReport, HealthSummary {
  /** `degraded` when only parts the server can do without are unwell. */
  readonly status: 'ok' | 'degraded' | 'error';
  readonly version: string;
  readonly [fact: string]: unknown;
  readonly checks: HealthIndicatorResult;
}

/** Asks every part of the server how it is. */
@Injectable()
export class HealthService {
  private readonly summaries = new HealthSummaries();
  private asking: Promise<HealthReport> | undefined;

  constructor(
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly checks: HealthChecks,
    private readonly figures: ProcessFigures,
    @Inject(SERVER_VERSION) private readonly version: string,
  ) {}

  /** Several who ask at once share one answer: a probe must not become a load. */
  report(): Promise<HealthReport> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<HealthReport> {
    const { status, details } = await this.check();
    return {
      status: status === 'ok' || status === 'degraded' ? status : 'error',
      ...this.summaries.of(details, new Date()),
      version: this.version,
      ...this.figures.report(),
      ...this.checks.facts(),
      checks: details,
    };
  }

  private async check(): Promise<{ status: string; details: HealthIndicatorResult }> {
    try {
      return await this.terminus.check(this.checks.all().map((check) => () => this.indicate(check)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as { status: string; details: HealthIndicatorResult };
    }
  }

  private async indicate(check: HealthCheck): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(check.name);
    const start = performance.now();
    const latency = () => Math.round((performance.now() - start) * 1000) / 1000;
    const patience = new AbortController();
    try {
      const facts = await Promise.race([check.check(), tooLate(patience.signal)]);
      return indicator.up({ latency_ms: latency(), ...facts });
    } catch (error) {
      const report = { latency_ms: latency(), message: failureText(error) };
      return check.required ? indicator.down(report) : indicator.degraded(report);
    } finally {
      patience.abort();
    }
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await delay(PATIENCE_MS, undefined, { signal });
  throw new Error(`No answer within ${PATIENCE_MS} ms.`);
}
