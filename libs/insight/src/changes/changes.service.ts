import { Injectable } from '@nestjs/common';
import { appliedMigrations, Configuration, ReservedConnection } from '@tams/platform';
import { failureText, loggerFor, logLevel, setLogLevel } from '@tams/telemetry';
import { CheckWatch } from '../checks/check-watch';
import { ReplicasService } from '../replicas/replicas.service';
import type { Changes, LogLevelBody } from './changes.schema';

/** What is different from how it was, or from how the server comes. */
@Injectable()
export class ChangesService {
  private readonly logger = loggerFor('LogLevel');

  constructor(
    private readonly configuration: Configuration,
    private readonly reserved: ReservedConnection,
    private readonly replicas: ReplicasService,
    private readonly watch: CheckWatch,
  ) {}

  async changes(): Promise<Changes> {
    const { version } = await this.watch.report();
    return {
      version,
      node: process.version,
      log_level: logLevel(),
      log_level_configured: this.configuration.logLevel,
      settings: [...this.configuration.changedSettings],
      unknown_settings: [...this.configuration.unknownSettings],
      ...(await this.ofStore()),
    };
  }

  /** Changes the level of this process's log until it is changed again, or the process starts anew. */
  setLogLevel({ level }: LogLevelBody): LogLevelBody {
    setLogLevel(level);
    this.logger.warn({ log_level: level }, `The log level is now ${level}`);
    return { level };
  }

  private async ofStore(): Promise<Pick<Changes, 'starts' | 'migrations' | 'store_problem'>> {
    try {
      const starts = await this.replicas.starts();
      return { starts, migrations: await appliedMigrations(this.reserved) };
    } catch (error) {
      return { starts: [], migrations: [], store_problem: failureText(error) };
    }
  }
}
