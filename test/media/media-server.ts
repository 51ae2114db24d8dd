import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AllowedMethods,
  Configuration,
  createDataSource,
  createHttpAdapter,
  Database,
  PlatformModule,
} from '@tams/platform';
import { TelemetryModule } from '@tams/telemetry';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '../support/test-database';
import { type FlowStorage, flowStoragePost, type MediaObject } from '@tams/objects';
import { ObjectAllocation } from '@tams/objects';
import { StorageBackends } from '@tams/storage';
import { GetUrls } from '@tams/objects';
import { ObjectsModule } from '@tams/objects';

/** Storage alone on a real server with a real database: what specs of this library talk to over HTTP. */
export interface MediaServer {
  readonly url: string;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
  readonly database: Database;
  readonly backends: StorageBackends;
  readonly getUrls: GetUrls;
  /** Allocates with a request body, for a flow of container video/mp2t. */
  allocate(body?: unknown): Promise<FlowStorage>;
  /** Allocates one object. */
  allocateOne(body?: Record<string, unknown>): Promise<MediaObject>;
  /** Makes an object one that a segment uses. */
  register(objectId: string): Promise<void>;
  /** Files of unfinished uploads. */
  unfinishedUploads(): Promise<string[]>;
  stop(): Promise<void>;
}

/** @param environment variables on top of the specs' own */
export async function startMediaServer(environment: Readonly<Record<string, string>> = {}): Promise<MediaServer> {
  const databaseUrl = environment['DATABASE_URL'] ?? (await createTestDatabase());
  const dataDirectory = environment['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'tams-media-')));
  const configuration = new Configuration({ PORT: '0', DATA_DIR: dataDirectory, ...environment });
  const dataSource = createDataSource({ url: databaseUrl, poolSize: 8, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  const app = await listen(configuration, dataSource);
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const database = app.get(Database);
  const allocate = allocatorOf(app, url);
  return {
    url,
    databaseUrl,
    dataDirectory,
    database,
    backends: app.get(StorageBackends),
    getUrls: app.get(GetUrls),
    allocate,
    allocateOne: async (body = {}) => {
      const { media_objects } = await allocate('object_ids' in body ? body : { limit: 1, ...body });
      const [object] = media_objects;
      if (!object) throw new Error('Nothing was allocated.');
      return object;
    },
    register: async (objectId) => {
      await database.query("UPDATE objects SET role = 'media', registered = now() WHERE id = $1", [objectId]);
    },
    unfinishedUploads: () => readdir(join(dataDirectory, 'objects', 'incoming')),
    stop: async () => {
      await app.close();
      await dataSource.destroy();
      if (environment['DATA_DIR'] === undefined) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function listen(configuration: Configuration, dataSource: DataSource): Promise<NestFastifyApplication> {
  const adapter = createHttpAdapter(configuration);
  const methods = new AllowedMethods(adapter.getInstance());
  @Global()
  @Module({
    providers: [{ provide: ClassAccess, useValue: new ClassAccess(configuration.security.classes) }],
    exports: [ClassAccess],
  })
  class OpenAccessModule {}
  const telemetry = TelemetryModule.forRoot({ level: 'silent', format: 'json' });
  @Module({ imports: [telemetry, PlatformModule.forRoot(configuration, dataSource), OpenAccessModule, ObjectsModule] })
  class MediaServerModule {}
  const app = await NestFactory.create<NestFastifyApplication>(MediaServerModule, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  await app.init();
  methods.refuseOtherMethods();
  await app.listen(0, '127.0.0.1');
  return app;
}

function allocatorOf(app: NestFastifyApplication, baseUrl: string): MediaServer['allocate'] {
  const allocation = app.get(ObjectAllocation);
  return (body) =>
    app.get(Database).transaction((connection) =>
      allocation.allocate(connection, {
        flowId: randomUUID(),
        flowContainer: 'video/mp2t',
        request: flowStoragePost.parse(body),
        baseUrl,
      }),
    );
}
