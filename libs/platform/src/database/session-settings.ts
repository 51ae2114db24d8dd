import type { ClientBase } from 'pg';

/** What the sessions of a pool are set to. */
export interface SessionSettings {
  /** Longest one statement may run, in seconds; 0 for any time. */
  readonly statementTimeoutSeconds: number;
}

/**
 * A transaction whose client has gone silent is rolled back after so long: until then a server that was lost, and whose connections
 * nobody closed, keeps others from the rows it was writing.
 */
const IDLE_IN_TRANSACTION = '15s';

/** The same for a transaction that waits for a storage backend, which gives up before. */
export const IDLE_WHILE_OTHERS_WORK = '75s';

/**
 * Sets a new session to what this program relies on. By statements, because poolers refuse start-up parameters that they do not
 * know (PgBouncer: `unsupported startup parameter`), and where they are told to ignore them, nothing is set at all.
 */
export async function prepareSession(client: ClientBase, { statementTimeoutSeconds }: SessionSettings): Promise<void> {
  await client.query(
    `SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = '${statementTimeoutSeconds}s';
     SET idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION}'`,
  );
}
