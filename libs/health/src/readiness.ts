import { Injectable } from '@nestjs/common';
import { migrations } from '@tams/migrations';
import { Database, pendingMigrations } from '@tams/platform';

/** Whether this server should be sent requests. */
@Injectable()
export class Readiness {
  private draining = false;
  private migrated = false;

  constructor(private readonly database: Database) {}

  /** From now on the server is not ready, for good: it is about to stop. */
  startDraining(): void {
    this.draining = true;
  }

  /** Why the server is not ready; `undefined` when it is. Object storage does not count: metadata is served without it. */
  async obstacle(): Promise<string | undefined> {
    if (this.draining) return 'The server is stopping.';
    try {
      await this.database.requireWritable();
      if (this.migrated) return undefined;
      const pending = await pendingMigrations(this.database, migrations);
      if (pending.length > 0) return `The database lacks ${pending.join(', ')}.`;
      this.migrated = true;
      return undefined;
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      return code === 'database-read-only' ? message : `The database does not answer: ${message}`;
    }
  }
}
