import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authentication } from '@tams/auth';
import { type Configuration, createHttpAdapter, Database, poolOf } from '@tams/platform';
import type { DataSource } from 'typeorm';
import { AppModule } from '../app.module';

/** The server's modules without its port, for commands that need its rules. The caller closes it. */
export async function openApplication(
  configuration: Configuration,
  dataSource: DataSource,
): Promise<NestFastifyApplication> {
  // It leaves jobs to the servers, which are made for them: the command ends with its own work.
  const quiet = Object.assign(Object.create(configuration) as Configuration, { jobWorkers: false, logLevel: 'silent' });
  const authentication = Authentication.open(quiet, new Database(poolOf(dataSource)));
  const application = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(quiet, dataSource, authentication),
    createHttpAdapter(quiet),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  await application.init();
  return application;
}
