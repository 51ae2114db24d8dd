import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '@tams/auth';
import { type AuthenticationMode, type Connection, prepared, type Right } from '@tams/platform';

/** What a token opens. */
export interface PlayedResource {
  readonly kind: 'flow' | 'source';
  readonly id: string;
}

/** A token that counts now. */
export interface PlaybackTokenRow {
  readonly kind: 'flow' | 'source';
  readonly resource_id: string;
  readonly principal_id: string;
  readonly name: string;
  readonly method: AuthenticationMode;
  readonly scopes: Right[];
  readonly groups: string[];
  readonly expires: string;
}

/** A token as it is issued. */
export interface IssuedRow {
  readonly id: string;
  readonly resource_id: string;
  readonly expires: string;
}

/** Neither expired nor revoked; one issued to an access token ends with that. */
const VALID = prepared(`
  SELECT t.kind, t.resource_id, t.principal_id, t.name, t.method, t.scopes, t.groups, t.expires FROM playback_tokens t
   WHERE t.id = $1 AND t.revoked IS NULL AND t.expires > clock_timestamp()
     AND (t.method <> 'url_token' OR EXISTS (
           SELECT 1 FROM access_tokens a WHERE 'url_token:' || a.id = t.principal_id
              AND a.revoked IS NULL AND a.expires > clock_timestamp()))`);

const REUSABLE = prepared(`
  SELECT DISTINCT ON (resource_id) id, resource_id, expires FROM playback_tokens
   WHERE principal_id = $1 AND resource_id = ANY($2::uuid[]) AND kind = $3 AND scopes = $4::text[] AND groups = $5::text[]
     AND revoked IS NULL AND expires >= $6::timestamptz AND expires <= $7::timestamptz
   ORDER BY resource_id, expires DESC`);

/** SQL of playback tokens. */
@Injectable()
export class PlaybackTokenRepository {
  /** The key that signs tokens, the same for every replica: the first one proposed is kept for good. */
  async key(connection: Connection, proposal: string): Promise<string> {
    await connection.query(
      `INSERT INTO service_keys (name, value) VALUES ('playback-tokens', $1) ON CONFLICT (name) DO NOTHING`,
      [proposal],
    );
    const rows = await connection.query<{ value: string }>(
      `SELECT value FROM service_keys WHERE name = 'playback-tokens'`,
    );
    if (!rows[0]) throw new Error('The key of playback tokens vanished from the table service_keys.');
    return rows[0].value;
  }

  async findValid(connection: Connection, id: string): Promise<PlaybackTokenRow | undefined> {
    const rows = await connection.query<PlaybackTokenRow>(VALID, [id]);
    return rows[0];
  }

  /** Tokens of a holder that still last long enough, one for each resource. */
  reusable(
    connection: Connection,
    holder: Principal,
    kind: PlayedResource['kind'],
    resourceIds: readonly string[],
    lasting: { readonly from: Date; readonly to: Date },
  ): Promise<IssuedRow[]> {
    const [scopes, groups] = rightsOf(holder);
    return connection.query<IssuedRow>(REUSABLE, [
      holder.id,
      resourceIds,
      kind,
      scopes,
      groups,
      lasting.from.toISOString(),
      lasting.to.toISOString(),
    ]);
  }

  /** Adds a token for each resource, and forgets some that expired long ago. */
  async insert(
    connection: Connection,
    holder: Principal,
    kind: PlayedResource['kind'],
    resourceIds: readonly string[],
    expires: Date,
  ): Promise<IssuedRow[]> {
    const [scopes, groups] = rightsOf(holder);
    const rows = await connection.query<IssuedRow>(
      `INSERT INTO playback_tokens (id, resource_id, kind, principal_id, name, method, scopes, groups, expires)
       SELECT n.id, n.resource_id, $3, $4, $5, $6, $7::text[], $8::text[], $9
         FROM unnest($1::uuid[], $2::uuid[]) AS n (id, resource_id) RETURNING id, resource_id, expires`,
      [
        resourceIds.map(() => randomUUID()),
        resourceIds,
        kind,
        holder.id,
        holder.name,
        holder.method,
        scopes,
        groups,
        expires.toISOString(),
      ],
    );
    await connection.query(
      `DELETE FROM playback_tokens WHERE id IN (
         SELECT id FROM playback_tokens WHERE expires < clock_timestamp() - interval '1 day' ORDER BY expires LIMIT 100)`,
    );
    return rows;
  }

  /** Ends all tokens of a holder. @param holder a principal's id or name */
  async revoke(connection: Connection, holder: string): Promise<void> {
    await connection.query(
      `UPDATE playback_tokens SET revoked = clock_timestamp()
        WHERE revoked IS NULL AND expires > clock_timestamp() AND (principal_id = $1 OR name = $1)`,
      [holder],
    );
  }
}

/** In one order, so that equal rights are equal arrays. */
function rightsOf({ scopes, groups }: Principal): [scopes: string[], groups: string[]] {
  return [[...scopes].sort(), [...groups].sort()];
}
