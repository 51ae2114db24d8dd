import { Injectable } from '@nestjs/common';
import type { ProfileTechnical, Tags } from '@tams/model';
import {
  type Connection,
  keysetClauses,
  newestFirst,
  type Ordering,
  Parameters,
  withinPageBytes,
} from '@tams/platform';
import type { Profile, ProfileListQuery } from './profile.schema';

/** A row of `profiles`. */
export interface ProfileRow {
  readonly id: string;
  readonly label: string | null;
  readonly description: string | null;
  readonly created_by: string | null;
  readonly created: string;
  readonly tags: Tags | null;
  readonly flow_metadata: ProfileTechnical;
}

/** The order of GET /service/profiles. */
export const profileOrdering: Ordering<ProfileRow> = newestFirst('created', 'p');

const COLUMNS = 'p.id, p.label, p.description, p.created_by, p.created, p.tags, p.flow_metadata';

/** SQL of profiles. */
@Injectable()
export class ProfileRepository {
  /** Adds a profile. @returns the row, or `undefined` when there is one with this id already */
  async insert(connection: Connection, profile: Profile): Promise<ProfileRow | undefined> {
    const rows = await connection.query<ProfileRow>(
      `INSERT INTO profiles AS p (id, label, description, created_by, tags, flow_metadata)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}`,
      [
        profile.id,
        profile.label ?? null,
        profile.description ?? null,
        profile.created_by ?? null,
        profile.tags ? JSON.stringify(profile.tags) : null,
        JSON.stringify(profile.flow_metadata),
      ],
    );
    return rows[0];
  }

  async find(connection: Connection, profileId: string): Promise<ProfileRow | undefined> {
    const rows = await connection.query<ProfileRow>(`SELECT ${COLUMNS} FROM profiles p WHERE p.id = $1`, [profileId]);
    return rows[0];
  }

  /** One page and one row more, in {@link profileOrdering}. */
  list(connection: Connection, query: ProfileListQuery): Promise<ProfileRow[]> {
    const parameters = new Parameters();
    const { condition, orderBy, limit } = keysetClauses(profileOrdering, query, parameters);
    const conditions = (['format', 'codec', 'label'] as const).flatMap((column) => {
      const value = query[column];
      return value === undefined ? [] : [`p.${column} = ${parameters.add(value)}`];
    });
    if (condition) conditions.push(condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<ProfileRow>(
      withinPageBytes(
        `SELECT ${COLUMNS}, p.document_bytes FROM profiles p ${where} ORDER BY ${orderBy} LIMIT ${parameters.add(limit, 'int8')}`,
        { alias: 'p', bytes: 'p.document_bytes', orderBy },
      ),
      parameters.values,
    );
  }
}
