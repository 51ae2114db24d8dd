import 'reflect-metadata';
import { Configuration, ConfigurationError, EmbeddedPostgresError } from '@tams/platform';
import { TamsServer } from './tams-server';

async function main(): Promise<void> {
  const configuration = new Configuration();
  const server = await TamsServer.start(configuration, {
    log: (level, message) => {
      if (level !== 'debug') console.log(message);
    },
    onStoreLost: (error) => {
      console.error(error.message);
      process.exit(1);
    },
  });
  console.log(`TAMS is ready at ${server.url} (API documentation: ${server.url}/docs)`);
  stopOnSignals(server);
}

/** Ctrl-C and the orchestrator's SIGTERM stop the server in order; a second signal is not needed and changes nothing. */
function stopOnSignals(server: TamsServer): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    console.log(`${signal}: stopping...`);
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const forPeople = error instanceof ConfigurationError || error instanceof EmbeddedPostgresError;
  console.error(forPeople ? error.message : error);
  process.exit(1);
});
