import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authentication, secureServer } from '@tams/auth';
import { Configuration, createHttpAdapter, Database, poolOf } from '@tams/platform';
import type { DataSource } from 'typeorm';
import { AppModule } from '../app.module';

/** Leaves jobs and deliveries to the servers, and standard output to the command. */
const commandSettings = { JOB_WORKERS: 'false', WEBHOOK_CONCURRENCY: '0', LOG_LEVEL: 'silent' };

/** The server's modules without its port, for commands that need its rules. The caller closes it. */
export async function openApplication(dataSource: DataSource): Promise<NestFastifyApplication> {
  const configuration = new Configuration({ ...process.env, ...commandSettings });
  const adapter = createHttpAdapter(configuration);
  const authentication = Authentication.open(configuration, new Database(poolOf(dataSource)));
  await secureServer(adapter.getInstance(), configuration, authentication);
  const application = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, dataSource, authentication),
    adapter,
    { bodyParser: false, logger: false, abortOnError: false },
  );
  await application.init();
  return application;
}
