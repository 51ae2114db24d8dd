import { Client } from 'pg';

/** Superuser of the cluster; used to set it up, never by the server at work. */
export const SUPERUSER = 'postgres';

/** Role and database of the server: owner of its own database, nothing more. */
export const SERVER_ROLE = 'tams';
export const SERVER_DATABASE = 'tams';

/** Connection URL into the embedded cluster. */
export function clusterUrl(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/${database}`;
}

/** Creates the server's role and database where they are missing; every step may have been the last one of an earlier start. */
export async function ensureServerDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl, application_name: 'tams set-up' });
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [SERVER_ROLE]);
    if (role.rowCount === 0) {
      const literal = client.escapeLiteral(password);
      // pg_monitor: the server's own metrics look at sessions and sizes.
      await client.query(`CREATE ROLE ${SERVER_ROLE} LOGIN PASSWORD ${literal} IN ROLE pg_monitor`);
    }
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [SERVER_DATABASE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${SERVER_DATABASE} OWNER ${SERVER_ROLE}`);
  } finally {
    await client.end();
  }
}
