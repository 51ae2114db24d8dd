import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authentication, secureServer } from '@tams/auth';
import type { EmbeddedPostgresLog } from '@tams/embedded-postgres';
import { Readiness } from '@tams/health';
import {
  AllowedMethods,
  type Configuration,
  connect,
  createDataSource,
  createHttpAdapter,
  Database,
  JOB_SCHEMA,
  poolOf,
  requireUsable,
  type Route,
} from '@tams/platform';
import { migrations } from '@tams/migrations';
import { GaugeRefresher, useTelemetryLogger } from '@tams/telemetry';
import type { DataSource } from 'typeorm';
import { AppModule } from './app.module';
import { watchEmbeddedPostgres } from './embedded-postgres-gauges';
import { startMetadataStore, type MetadataStore } from './metadata-store';
import { serveApiDocument } from './api-document';
import { redirectBrowsers } from './console/redirect-browsers';
import { migrateDirectly } from './migrate-directly';
import { checkPort, startFailure } from './port-check';

/** Who is told how a start goes on. */
export interface StartWatcher {
  /** Each step that takes a person's patience, and what PostgreSQL warns of. */
  readonly log: EmbeddedPostgresLog;
}

const silently: StartWatcher = { log: () => undefined };

/** A running server: the whole of it, from its database to its port. `main.ts` and the tests start it the same way. */
export class TamsServer {
  private constructor(
    /** Where it answers, for example `http://127.0.0.1:8000`. */
    readonly url: string,
    /** Every route it answers, for checks against the specification. */
    readonly routes: readonly Route[],
    private readonly app: NestFastifyApplication,
    private readonly dataSource: DataSource,
    private readonly store: MetadataStore,
  ) {}

  /**
   * Starts in order: metadata store, migrations, modules, port. What was started is stopped again when a step fails.
   * @throws {EmbeddedPostgresError} {@link DatabaseUnreachableError} {@link PortUnavailableError}
   */
  static async start(configuration: Configuration, watch: StartWatcher = silently): Promise<TamsServer> {
    await checkPort(configuration.host, configuration.port);
    const store = await startMetadataStore(configuration, watch.log);
    const dataSource = createDataSource({
      url: store.url,
      poolSize: configuration.databasePoolSize,
      statementTimeoutSeconds: configuration.databaseStatementTimeoutSeconds,
      migrations,
    });
    let app: NestFastifyApplication | undefined;
    try {
      await connect(dataSource, (message) => {
        watch.log('warn', message);
      });
      const hasDirectUrl = configuration.databaseDirectUrl !== undefined;
      await requireUsable(dataSource, { hasDirectUrl, jobSchema: JOB_SCHEMA });
      const applied = await migrateDirectly(dataSource, configuration);
      if (applied.length > 0)
        watch.log('info', `Applied ${applied.length} database migration${applied.length === 1 ? '' : 's'}.`);
      const adapter = createHttpAdapter(configuration);
      const methods = new AllowedMethods(adapter.getInstance());
      const authentication = Authentication.open(configuration, new Database(poolOf(dataSource)));
      await secureServer(adapter.getInstance(), configuration, authentication, redirectBrowsers);
      const modules = AppModule.forRoot(configuration, dataSource, authentication);
      app = await NestFactory.create<NestFastifyApplication>(modules, adapter, {
        bodyParser: false,
        bufferLogs: true,
        abortOnError: false,
      });
      useTelemetryLogger(app);
      await serveApiDocument(app);
      await app.init();
      await watchEmbeddedPostgres(store, app.get(GaugeRefresher, { strict: false }));
      const routes = methods.routes();
      methods.refuseOtherMethods();
      await app.listen(configuration.port, configuration.host);
      return new TamsServer(addressOf(app, configuration), routes, app, dataSource, store);
    } catch (error) {
      await app?.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await store.stop();
      throw startFailure(error, configuration.host, configuration.port);
    }
  }

  /**
   * Says at once that the server is not ready (`/readyz`) and leaves the port open, so that load balancers look elsewhere
   * before a request fails. Connections end with the answer they are waiting for.
   */
  async drain(seconds: number): Promise<void> {
    this.app.get(Readiness, { strict: false }).startDraining();
    this.app.getHttpServer().prependListener('request', (_request: unknown, response: ServerResponse) => {
      response.shouldKeepAlive = false;
    });
    await delay(seconds * 1000);
  }

  /** Stops in reverse order: no new requests, those in flight finish, connections close, the store last. */
  async stop(): Promise<void> {
    await this.drain(0);
    await this.app.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.store.stop();
  }
}

function addressOf(app: NestFastifyApplication, configuration: Configuration): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = ['0.0.0.0', '::'].includes(configuration.host) ? 'localhost' : configuration.host;
  const scheme = configuration.security.tls ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
