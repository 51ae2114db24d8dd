import { type Connection, keysetClauses, newestFirst, type Ordering, Parameters, prepared } from '@tams/platform';
import type { AccessTokenListQuery, NewAccessToken } from './access-token.schema';

/** A row of `access_tokens`, without the hash. */
export interface AccessTokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly groups: string[];
  readonly created_by: string | null;
  readonly created: string;
  readonly expires: string;
  readonly revoked: string | null;
}

/** The order of GET /service/access-tokens. */
export const accessTokenOrdering: Ordering<AccessTokenRow> = newestFirst('created', 't');

const COLUMNS = 't.id, t.name, t.scopes, t.groups, t.created_by, t.created, t.expires, t.revoked';

const VALID = prepared(`
  SELECT ${COLUMNS} FROM access_tokens t
   WHERE t.token_hash = $1 AND t.revoked IS NULL AND t.expires > clock_timestamp()`);

/** SQL of access tokens. */
export class AccessTokenRepository {
  async insert(
    connection: Connection,
    id: string,
    hash: Buffer,
    token: NewAccessToken,
    createdBy: string | undefined,
  ): Promise<AccessTokenRow | undefined> {
    const rows = await connection.query<AccessTokenRow>(
      `INSERT INTO access_tokens AS t (id, token_hash, name, scopes, groups, expires, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [id, hash, token.name, token.scopes, token.groups, token.expires, createdBy ?? null],
    );
    return rows[0];
  }

  async find(connection: Connection, id: string): Promise<AccessTokenRow | undefined> {
    const rows = await connection.query<AccessTokenRow>(`SELECT ${COLUMNS} FROM access_tokens t WHERE t.id = $1`, [id]);
    return rows[0];
  }

  /** The token that counts now; neither one that has expired nor one that was revoked. */
  async findValid(connection: Connection, hash: Buffer): Promise<AccessTokenRow | undefined> {
    const rows = await connection.query<AccessTokenRow>(VALID, [hash]);
    return rows[0];
  }

  /** Keeps the row, so that it can be seen later who had the token. @returns whether there is such a token */
  async revoke(connection: Connection, id: string): Promise<boolean> {
    const rows = await connection.query(
      'UPDATE access_tokens SET revoked = coalesce(revoked, clock_timestamp()) WHERE id = $1 RETURNING id',
      [id],
    );
    return rows.length > 0;
  }

  /** One page and one row more, in {@link accessTokenOrdering}. */
  list(connection: Connection, query: AccessTokenListQuery): Promise<AccessTokenRow[]> {
    const parameters = new Parameters();
    const { condition, orderBy, limit } = keysetClauses(accessTokenOrdering, query, parameters);
    return connection.query<AccessTokenRow>(
      `SELECT ${COLUMNS} FROM access_tokens t ${condition ? `WHERE ${condition}` : ''}
        ORDER BY ${orderBy} LIMIT ${parameters.add(limit, 'int8')}`,
      parameters.values,
    );
  }
}
