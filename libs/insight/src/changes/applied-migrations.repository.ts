import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** SQL of what made the tables. */
@Injectable()
export class AppliedMigrationsRepository {
  /** Names of the migrations that were applied, oldest first. */
  async names(connection: Connection): Promise<string[]> {
    const rows = await connection.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
    return rows.map(({ name }) => name);
  }
}
