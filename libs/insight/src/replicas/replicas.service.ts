import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { HealthReport } from '@tams/health';
import { ReservedConnection } from '@tams/platform';
import { loggerFor } from '@tams/telemetry';
import type { Replica } from './replica.schema';
import { ReplicaRepository } from './replica.repository';

/** A replica that has not shown itself for so long is not there any more, in seconds. */
const GONE_AFTER_SECONDS = 60;

/** Who serves the store: a line about this process for the others, and theirs. */
@Injectable()
export class ReplicasService {
  private readonly logger = loggerFor('Replicas');
  private readonly id = randomUUID();
  private readonly name = `${hostname()}:${process.pid}`;
  private readonly born = performance.now();
  private written = false;
  private failing = false;

  constructor(
    private readonly reserved: ReservedConnection,
    private readonly repository: ReplicaRepository,
  ) {}

  /** Tells the others that this process stops in order. */
  async stop(): Promise<void> {
    try {
      if (this.written) await this.repository.stop(this.reserved, this.id);
    } catch (error) {
      this.logger.debug({ err: error }, 'The metadata store could not be told that this replica stops');
    }
  }

  /** Tells the others how this process is. A store that does not answer is no news here: the checks tell. */
  async tell({ version, status, summary }: HealthReport): Promise<void> {
    const line = { id: this.id, name: this.name, version, status, summary };
    try {
      await this.repository.write(this.reserved, line, (performance.now() - this.born) / 1000);
      this.written = true;
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.debug({ err: error }, 'The line about this replica could not be written');
      this.failing = true;
    }
  }

  /** Those that are there, this one among them. @throws {UnavailableError} */
  async present(): Promise<Replica[]> {
    return (await this.starts()).filter(({ state }) => state !== 'stopped');
  }

  /** Every start of the last 30 days that is known, newest first, 100 at most. @throws {UnavailableError} */
  async starts(): Promise<Replica[]> {
    const rows = await this.repository.list(this.reserved);
    return rows.map((row) => ({
      name: row.name,
      version: row.version,
      started: row.started.toISOString(),
      seen: row.seen.toISOString(),
      this_one: row.id === this.id,
      state: row.stopped !== null ? 'stopped' : row.silent_seconds > GONE_AFTER_SECONDS ? 'silent' : 'running',
      status: row.status,
      summary: row.summary,
    }));
  }
}
