import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '@tams/platform';
import { statementsMade } from '../../libs/telemetry/src/tracing/query-telemetry';
import { TamsServer } from '../../apps/tams-api/src/tams-server';
import { TamsClient } from '../contract/tams-client';
import { refusedStatements } from './statement-rules';
import { createTestDatabase } from './test-database';

/** A whole server on a database, a data directory and a port of its own, and a client that checks the contract. */
export interface TestServer {
  readonly server: TamsServer;
  readonly url: string;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
  readonly client: TamsClient;
  /** Stops it and removes its files, unless their directory was given. */
  stop(): Promise<void>;
}

/** Starts the real server in this process, as `main.ts` does. @param environment variables on top of the tests' own */
export async function startTestServer(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const databaseUrl = environment['DATABASE_URL'] ?? (await createTestDatabase());
  const dataDirectory = environment['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'tams-test-')));
  const server = await TamsServer.start(
    new Configuration({
      PORT: '0',
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'json',
      DATABASE_POOL_SIZE: '8',
      ...environment,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDirectory,
    }),
  );
  const publicBaseUrl = environment['PUBLIC_BASE_URL'];
  return {
    server,
    url: server.url,
    databaseUrl,
    dataDirectory,
    client: new TamsClient(server.url, publicBaseUrl ? { publicBaseUrl } : {}),
    stop: async () => {
      await server.stop();
      if (environment['DATA_DIR'] === undefined) await rm(dataDirectory, { recursive: true, force: true });
      // Whatever a suite made the server ask, another engine must be able to answer too.
      const refused = refusedStatements(statementsMade());
      if (refused.length > 0)
        throw new Error(
          `Statements against the rules of docs/scaling.md, and not in scripts/statements-apart.json:\n${refused.join('\n\n')}`,
        );
    },
  };
}
