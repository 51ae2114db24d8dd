import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, ReadDatabase, ReservedConnection } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { HealthChecks, type HealthFacts, logStatus, spanDeliveryStatus } from '@tams/telemetry';

/** The checks of what this library can see itself: database, storage backends, delivery of traces. */
@Injectable()
export class OwnChecks implements OnModuleInit {
  constructor(
    private readonly checks: HealthChecks,
    private readonly database: Database,
    private readonly reads: ReadDatabase,
    private readonly reserved: ReservedConnection,
    private readonly backends: StorageBackends,
  ) {}

  onModuleInit(): void {
    this.checks.add({ name: 'database', required: true, check: () => this.checkDatabase() });
    if (this.reads.hasReplica)
      this.checks.add({ name: 'read_replica', required: false, check: () => this.checkReplica() });
    for (const backend of this.backends.all) {
      this.checks.add({
        name: `storage:${backend.details.label ?? backend.details.id}`,
        required: true,
        check: async () => {
          const health = await backend.check();
          if (!health.available) throw new Error(health.problem ?? 'The storage backend does not answer.');
          return { storage_id: backend.details.id };
        },
      });
    }
    this.checks.add({ name: 'telemetry', required: false, check: checkTelemetry });
    this.checks.add({ name: 'log', required: false, check: checkLog });
  }

  private async checkDatabase(): Promise<HealthFacts> {
    const { busy, most, waiting } = this.database.connections;
    // Behind those that wait for a connection one learns nothing of the database.
    if (busy >= most && waiting > 0) await this.reserved.query('SELECT 1');
    else await this.database.requireWritable();
    return {};
  }

  private async checkReplica(): Promise<HealthFacts> {
    const state = await this.reads.replicaState();
    if (!state?.isAnswering) throw new Error(`It is ${state?.behindBytes ?? 0} bytes behind the primary.`);
    return { behind_bytes: state.behindBytes };
  }
}

function checkTelemetry(): Promise<HealthFacts> {
  const { endpoints, waiting, lastSuccess, lastError } = spanDeliveryStatus();
  if (lastError !== undefined) return Promise.reject(new Error(`Traces are not delivered: ${lastError}`));
  return Promise.resolve({
    traces: endpoints.length > 0 ? 'exported' : 'not exported',
    waiting_spans: waiting,
    ...(lastSuccess && { last_export: lastSuccess.toISOString() }),
  });
}

function checkLog(): Promise<HealthFacts> {
  const { problem, lostLines } = logStatus();
  if (problem !== undefined) return Promise.reject(new Error(`The log cannot be written: ${problem}`));
  return Promise.resolve({ lost_lines: lostLines });
}
