import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { metrics } from '@tams/telemetry';
import type { Configuration } from '../configuration/configuration';
import { createReadPool } from './data-source';
import type { Connection, Database, Row } from './database';
import { ReadReplica, type ReplicaState } from './read-replica';
import { WritePositions } from './write-position';

/** Longest a replica may take for a statement, in seconds: then the primary is asked, which may take longer. */
const REPLICA_STATEMENT_SECONDS = 3;

/**
 * Where single statements are read: a read replica, if there is one and it has all that was acknowledged before the
 * read began, else the primary. Whoever reads here sees what they, or anybody else, wrote through any server (ADR 0016).
 */
@Injectable()
export class ReadDatabase implements Connection, OnModuleInit, OnApplicationShutdown {
  private constructor(
    private readonly primary: Database,
    private readonly replica: ReadReplica | undefined,
  ) {}

  /** As the configuration says: without `DATABASE_READ_URL` everything is read on the primary. */
  static open(primary: Database, configuration: Configuration): ReadDatabase {
    const { readReplica, databasePoolSize: poolSize } = configuration;
    if (!readReplica) return new ReadDatabase(primary, undefined);
    const { url, waitMilliseconds } = readReplica;
    const pool = createReadPool({ url, poolSize, statementTimeoutSeconds: REPLICA_STATEMENT_SECONDS });
    const positions = new WritePositions(primary);
    metrics.replicaReads.expect();
    return new ReadDatabase(primary, new ReadReplica(pool, positions, waitMilliseconds));
  }

  async query<Result extends object = Row>(text: string, values: readonly unknown[] = []): Promise<Result[]> {
    if (!this.replica) return this.primary.query<Result>(text, values);
    const answer = await this.replica.query<Result>(text, values);
    metrics.replicaReads.series({ outcome: 'rows' in answer ? 'replica' : answer.refusal }).add();
    return 'rows' in answer ? answer.rows : this.primary.query<Result>(text, values);
  }

  /** How far the replica is; `undefined` when there is none. @throws {Error} when it does not answer */
  async replicaState(): Promise<ReplicaState | undefined> {
    return this.replica?.state();
  }

  /** Whether a replica is configured. */
  get hasReplica(): boolean {
    return this.replica !== undefined;
  }

  /** Meets the replica before the first read does. */
  onModuleInit(): void {
    this.replica?.tryAgain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.close();
  }
}
