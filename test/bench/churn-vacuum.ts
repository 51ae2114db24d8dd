import type { Client } from 'pg';

/** Tables that a registration at the head and a deletion at the tail write to. */
export const CHURNED_TABLES = ['segments', 'objects', 'object_instances', 'flows'];

interface Table {
  readonly name: string;
  readonly threshold: number;
  readonly scaleFactor: number;
}

/** Vacuums tables as autovacuum would: whenever enough rows are dead, however fast the clock of the simulation runs. */
export class ChurnVacuum {
  /** What it has taken so far. */
  seconds = 0;
  /** How many tables were vacuumed so far. */
  runs = 0;

  private constructor(
    private readonly client: Client,
    private readonly tables: readonly Table[],
  ) {}

  /** @param parameters storage parameters to set on the tables, as ALTER TABLE takes them; those they have when absent */
  static async begin(client: Client, parameters: string | undefined): Promise<ChurnVacuum> {
    for (const table of CHURNED_TABLES) {
      if (parameters !== undefined) await client.query(`ALTER TABLE ${table} SET (${parameters})`);
      await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    }
    const { rows } = await client.query<{
      name: string;
      threshold: string;
      scale: string;
    }>(
      `SELECT relname AS name,
              coalesce((SELECT option_value FROM pg_options_to_table(reloptions) WHERE option_name = 'autovacuum_vacuum_threshold'),
                       current_setting('autovacuum_vacuum_threshold')) AS threshold,
              coalesce((SELECT option_value FROM pg_options_to_table(reloptions) WHERE option_name = 'autovacuum_vacuum_scale_factor'),
                       current_setting('autovacuum_vacuum_scale_factor')) AS scale
         FROM pg_class WHERE oid = ANY($1::regclass[])`,
      [CHURNED_TABLES],
    );
    const tables = rows.map(({ name, threshold, scale }) => ({
      name,
      threshold: Number(threshold),
      scaleFactor: Number(scale),
    }));
    return new ChurnVacuum(client, tables);
  }

  /** Vacuums what is due. */
  async runIfDue(): Promise<void> {
    await this.client.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await this.client.query<{
      name: string;
      dead: string;
      live: string;
    }>(
      'SELECT relname AS name, n_dead_tup AS dead, n_live_tup AS live FROM pg_stat_user_tables WHERE relid = ANY($1::regclass[])',
      [CHURNED_TABLES],
    );
    for (const { name, dead, live } of rows) {
      const table = this.tables.find((candidate) => candidate.name === name);
      if (!table || Number(dead) < table.threshold + table.scaleFactor * Number(live)) continue;
      const started = performance.now();
      await this.client.query(`VACUUM ${name}`);
      this.seconds += (performance.now() - started) / 1000;
      this.runs += 1;
    }
  }
}
