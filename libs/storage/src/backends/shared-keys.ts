import type { Connection } from '@tams/platform';

/** A value by its name. */
export interface SharedValue {
  readonly name: string;
  readonly value: string;
}

/** Values whose names have a beginning in common. */
export function sharedValues(connection: Connection, beginning: string): Promise<SharedValue[]> {
  return connection.query<SharedValue>('SELECT name, value FROM service_keys WHERE starts_with(name, $1)', [beginning]);
}

/** Sets a value that, unlike a {@link sharedKey}, may change. */
export async function setSharedValue(connection: Connection, { name, value }: SharedValue): Promise<void> {
  await connection.query(
    'INSERT INTO service_keys (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, value],
  );
}

/**
 * A value that every replica of this service shares and that survives restarts (table `service_keys`): the first one
 * proposed for a name is kept for good.
 * @param proposal used only when there is none yet
 * @returns the value in force
 */
export async function sharedKey(connection: Connection, name: string, proposal: string): Promise<string> {
  await connection.query('INSERT INTO service_keys (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
    name,
    proposal,
  ]);
  const [row] = await connection.query<{ value: string }>('SELECT value FROM service_keys WHERE name = $1', [name]);
  if (!row) throw new Error(`The key ${name} vanished from the table service_keys while the server started.`);
  return row.value;
}
