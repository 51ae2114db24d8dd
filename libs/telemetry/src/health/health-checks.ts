import { Injectable } from '@nestjs/common';

/** Facts about a part of the server that works. */
export type HealthFacts = Readonly<Record<string, unknown>>;

/** One part of the server that can be unwell. */
export interface HealthCheck {
  /** As `/health` lists it, for example `database` or `job_queue`. */
  readonly name: string;
  /** Whether the server is unhealthy (503) without it; otherwise it is only degraded. */
  readonly required: boolean;
  /** Tries the part. Resolves with facts for operators; rejects with the reason when it does not work. */
  check(): Promise<HealthFacts>;
}

/** The parts `/health` asks after. Any module adds its own: `healthChecks.add({ name: 'job_queue', ... })`. */
@Injectable()
export class HealthChecks {
  private readonly checks: HealthCheck[] = [];
  private readonly statements: Record<string, unknown> = {};

  add(check: HealthCheck): void {
    this.checks.push(check);
  }

  /** States a fact that is no check, such as the mode of authentication. */
  state(name: string, fact: unknown): void {
    this.statements[name] = fact;
  }

  all(): readonly HealthCheck[] {
    return this.checks;
  }

  facts(): HealthFacts {
    return this.statements;
  }
}
