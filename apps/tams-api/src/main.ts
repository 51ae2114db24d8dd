import 'reflect-metadata';
import { tracing } from './tracing';
import { EmbeddedPostgresError } from '@tams/embedded-postgres';
import {
  Configuration,
  ConfigurationError,
  DatabaseUnreachableError,
  NewerDatabaseError,
  UnusableDatabaseError,
} from '@tams/platform';
import { configureLogging, logger } from '@tams/telemetry';
import { answerCommandLine } from './command-line';
import { DataDirectoryError, prepareDataDirectory } from './data-directory';
import { takeHeapSnapshotsOnSignal } from './heap-snapshot';
import { PortUnavailableError } from './port-check';
import { TamsServer } from './tams-server';

async function main(): Promise<void> {
  const answer = answerCommandLine(process.argv.slice(2));
  if (answer) {
    console.error(answer.text);
    process.exit(answer.exitCode);
  }
  const configuration = new Configuration();
  configureLogging({ level: configuration.logLevel, format: configuration.logFormat });
  for (const sentence of configuration.unknownSettings) logger.warn(sentence);
  await prepareDataDirectory(configuration.dataDirectory);
  takeHeapSnapshotsOnSignal(configuration.dataDirectory);
  const server = await TamsServer.start(configuration, {
    log: (level, message) => {
      logger[level](message);
    },
  });
  const { url } = server;
  const addresses = {
    console: `${url}/console`,
    'API documentation': `${url}/docs`,
    'HLS playback': `${url}/flows/{flowId}/output.m3u8`,
  };
  logger.info({ url, addresses }, `TAMS is ready at ${url}`);
  stopOnSignals(server, configuration);
}

/**
 * The orchestrator's SIGTERM drains and stops the server, Ctrl-C stops it right away; in both cases requests in flight
 * finish. A second signal, or the end of the grace period, ends the process as it is.
 */
function stopOnSignals(server: TamsServer, configuration: Configuration): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    const drainSeconds = signal === 'SIGTERM' ? configuration.shutdownDrainSeconds : 0;
    const patienceSeconds = drainSeconds + configuration.shutdownGraceSeconds;
    logger.info(`${signal}: stopping...`);
    setTimeout(() => {
      logger.error(`Requests were still running after ${patienceSeconds} s; ending anyway.`);
      process.exit(1);
    }, patienceSeconds * 1000).unref();
    stopInOrder(server, drainSeconds).then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'The server did not stop in order.');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function stopInOrder(server: TamsServer, drainSeconds: number): Promise<void> {
  await server.drain(drainSeconds);
  await server.stop();
  await tracing.stop();
}

/** Failures of a start whose message says all that helps; of others the stack is shown too. */
const forPeople = [
  ConfigurationError,
  DatabaseUnreachableError,
  DataDirectoryError,
  EmbeddedPostgresError,
  NewerDatabaseError,
  PortUnavailableError,
  UnusableDatabaseError,
];

main().catch((error: unknown) => {
  const explained = Error.isError(error) && forPeople.some((kind) => error instanceof kind);
  console.error(explained ? error.message : error);
  process.exit(1);
});
