import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../embedded-postgres';
import type { EmbeddedPostgresLog } from '../embedded-postgres.types';

/** A cluster for one run of the tests; its URLs are plain strings, to be handed to other processes. */
export interface TemporaryCluster {
  /** URL of the database `tams` as the role `tams`, which may here also create databases. Use it as a template. */
  connectionUrl: string;
  /** URL of the database `postgres` as the superuser. */
  superuserUrl: string;
  /** Stops the cluster and removes its files. */
  stop: () => Promise<void>;
}

/** Starts an empty cluster in the directory for temporary files. It is fast because a crash would destroy it (no fsync). */
export async function startTemporaryCluster(log: EmbeddedPostgresLog = () => undefined): Promise<TemporaryCluster> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tams-cluster-'));
  const removeFiles = (): Promise<void> => rm(dataDirectory, { recursive: true, force: true });
  try {
    await chmod(dataDirectory, 0o711);
    const cluster = await EmbeddedPostgres.start({ dataDirectory, log, durable: false });
    const stop = async (): Promise<void> => {
      await cluster.stop();
      await removeFiles();
    };
    await execute(cluster.superuserUrl, 'ALTER ROLE tams CREATEDB');
    return { connectionUrl: cluster.connectionUrl, superuserUrl: cluster.superuserUrl, stop };
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

/**
 * Creates the database `name` as a copy of `template` (nobody may be connected to that one) and returns its URL, for the
 * same role as `connectionUrl`. A database of that name from earlier is dropped, sessions and all.
 */
export async function createDatabaseFromTemplate(options: {
  connectionUrl: string;
  name: string;
  template: string;
}): Promise<string> {
  const { connectionUrl, name, template } = options;
  // The database `postgres` always exists, and neither end of the copy may have our own session in it.
  const elsewhere = databaseUrl(connectionUrl, 'postgres');
  const quoted = quote(name);
  await execute(elsewhere, `DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`);
  await execute(elsewhere, `CREATE DATABASE ${quoted} TEMPLATE ${quote(template)}`);
  return databaseUrl(connectionUrl, name);
}

function databaseUrl(connectionUrl: string, database: string): string {
  const url = new URL(connectionUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

async function execute(connectionUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: connectionUrl, application_name: 'tams tests' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
