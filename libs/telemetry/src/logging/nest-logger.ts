import type { INestApplication, LoggerService } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Contexts in which Nest tells of each module and route it sets up: of interest when a start goes wrong. */
const startDetails = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Sends what Nest and its classes log through the process's logger, lines of the start included. */
export function useTelemetryLogger(app: INestApplication): void {
  const logger = app.get(Logger);
  const service: LoggerService = {
    log: (message: unknown, ...details: unknown[]) => {
      if (startDetails.has(String(details.at(-1)))) logger.debug(message, ...details);
      else logger.log(message, ...details);
    },
    error: logger.error.bind(logger),
    warn: logger.warn.bind(logger),
    debug: logger.debug.bind(logger),
    verbose: logger.verbose.bind(logger),
    fatal: logger.fatal.bind(logger),
  };
  app.useLogger(service);
}
