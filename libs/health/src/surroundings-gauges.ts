import { statfs } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { GaugeRefresher, HealthChecks, type HealthFacts, metrics } from '@tams/telemetry';

/** Below this share of free space `/health` says degraded: PostgreSQL and uploads stop when there is none. */
const SCARCE_SHARE = 0.05;

interface StoreState {
  readonly epoch: number;
  readonly transaction_age: string;
  readonly replication_lag: number | null;
}

const STORE_STATE = `
  SELECT extract(epoch FROM clock_timestamp())::float8 AS epoch,
         (SELECT max(age(datfrozenxid)) FROM pg_database WHERE datallowconn)::text AS transaction_age,
         (SELECT max(extract(epoch FROM replay_lag))::float8 FROM pg_stat_replication) AS replication_lag`;

/** An answer within so many milliseconds tells how far apart two clocks are, to half of them. */
const PROMPT_MS = 500;

/** Watches what the server stands on and does not own: space on its disk, the clock, the state of PostgreSQL. */
@Injectable()
export class SurroundingsGauges implements OnModuleInit {
  constructor(
    private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
    private readonly health: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'disk', refresh: () => this.refreshDisk() });
    this.refresher.add({ name: 'metadata store', refresh: () => this.refreshStoreState() });
    this.health.add({ name: 'disk', required: false, check: () => this.check() });
  }

  private async refreshDisk(): Promise<void> {
    const { free, size } = await this.space();
    metrics.dataFree.series({}).set(free);
    metrics.dataSize.series({}).set(size);
  }

  private async refreshStoreState(): Promise<void> {
    const asked = Date.now();
    const [state] = await this.database.query<StoreState>(STORE_STATE);
    const answered = Date.now();
    if (!state) return;
    // The store looked at its clock at some moment between question and answer: where they are far apart, nobody knows when.
    if (answered - asked < PROMPT_MS) metrics.clockOffset.series({}).set((asked + answered) / 2000 - state.epoch);
    metrics.transactionAge.series({}).set(Number(state.transaction_age));
    metrics.replicationLag.reset();
    if (state.replication_lag !== null) metrics.replicationLag.series({}).set(state.replication_lag);
  }

  private async check(): Promise<HealthFacts> {
    const { free, size } = await this.space();
    if (free < size * SCARCE_SHARE) {
      throw new Error(
        `${this.configuration.dataDirectory} has ${free} of ${size} bytes left (${((free / size) * 100).toFixed(1)} %).`,
      );
    }
    return { free_bytes: free, size_bytes: size };
  }

  /** Space where the data directory is, in bytes; free is what this process may use. */
  private async space(): Promise<{ free: number; size: number }> {
    const { bavail, blocks, bsize } = await statfs(this.configuration.dataDirectory);
    return { free: bavail * bsize, size: blocks * bsize };
  }
}
