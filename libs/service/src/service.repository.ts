import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';
import type { ServicePost } from './service.schema';

/** What clients have set of the service; `null` where nobody has. */
export interface ServiceRow {
  readonly name: string | null;
  readonly description: string | null;
}

/** SQL of the one row about this service. */
@Injectable()
export class ServiceRepository {
  async find(connection: Connection): Promise<ServiceRow | undefined> {
    const rows = await connection.query<ServiceRow>('SELECT name, description FROM service');
    return rows[0];
  }

  /** Sets what is given and leaves the rest. */
  async update(connection: Connection, { name, description }: ServicePost): Promise<void> {
    await connection.query(
      `INSERT INTO service (name, description) VALUES ($1, $2)
       ON CONFLICT (singleton) DO UPDATE
          SET name = coalesce(excluded.name, service.name),
              description = coalesce(excluded.description, service.description)`,
      [name ?? null, description ?? null],
    );
  }
}
