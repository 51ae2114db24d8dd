import 'reflect-metadata';
import { Configuration, ConfigurationError } from '@tams/platform';
import { TamsServer } from './tams-server';

async function main(): Promise<void> {
  const server = await TamsServer.start(new Configuration(), (message) => {
    console.log(message);
  });
  console.log(`TAMS is ready at ${server.url}`);
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
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
});
