import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { Configuration } from './configuration/configuration';
import { poolOf, urlOf } from './database/data-source';
import { Database } from './database/database';
import { ReadDatabase } from './database/read-database';
import { ReservedConnection } from './database/reserved-connection';
import { SteadyClock } from './database/steady-clock';
import { ProblemFilter } from './http/problem.filter';
import { ValidationPipe } from './http/validation.pipe';
import { JobQueue } from './jobs';
import { DocumentLimit } from './validation/document-limit';

/** What every other module stands on: configuration, the database, and how requests are checked and answered. */
@Global()
@Module({})
export class PlatformModule {
  /** @param dataSource connected and migrated */
  static forRoot(configuration: Configuration, dataSource: DataSource): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Database, useValue: new Database(poolOf(dataSource)) },
        {
          provide: ReadDatabase,
          inject: [Database],
          useFactory: (database: Database) => ReadDatabase.open(database, configuration),
        },
        {
          provide: ReservedConnection,
          useFactory: () => new ReservedConnection(configuration.databaseDirectUrl ?? urlOf(dataSource)),
        },
        {
          provide: JobQueue,
          inject: [SteadyClock],
          useFactory: (clock: SteadyClock) =>
            new JobQueue({
              clock,
              databaseUrl: configuration.databaseDirectUrl ?? urlOf(dataSource),
              poolSize: configuration.jobPoolSize,
              workers: configuration.jobWorkers,
              heartbeatSeconds: configuration.jobHeartbeatSeconds,
              stopGraceSeconds: configuration.jobStopGraceSeconds,
            }),
        },
        {
          provide: SteadyClock,
          inject: [Database],
          useFactory: (database: Database) => new SteadyClock(database),
        },
        DocumentLimit,
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Configuration, Database, DocumentLimit, JobQueue, ReadDatabase, ReservedConnection, SteadyClock],
    };
  }
}
