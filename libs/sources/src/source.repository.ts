import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import { type ContentFormat, replaceTags, tagConditions, type Tags } from '@tams/model';
import {
  alphabetical,
  type Connection,
  keysetClauses,
  newestFirst,
  type Ordering,
  Parameters,
  withinPageBytes,
} from '@tams/platform';
import type { SourceListQuery, sourceSortKeys } from './source.schema';

/** A row of `sources` with what follows from Flow Collections. */
export interface SourceRow {
  readonly id: string;
  readonly format: ContentFormat;
  readonly label: string | null;
  readonly description: string | null;
  readonly tags: Tags | null;
  readonly created_by: string | null;
  readonly updated_by: string | null;
  readonly created: string;
  readonly updated: string;
  readonly source_collection: { readonly id: string; readonly role?: string }[] | null;
  readonly collected_by: string[] | null;
}

/** What follows for a Source from Flow Collections. */
export type DerivedCollections = Pick<SourceRow, 'source_collection' | 'collected_by'>;

/** What a Source is made of when its first Flow arrives. */
export interface NewSource {
  readonly id: string;
  readonly format: ContentFormat;
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly tags: Tags | undefined;
  readonly created_by: string | undefined;
}

/** A Source's own row, held until the transaction ends. */
export type LockedSource = Pick<SourceRow, 'id' | 'format' | 'tags' | 'label' | 'description'>;

/** The properties a client may change; `null` unsets one. */
export type SourceChange = Partial<Pick<SourceRow, 'label' | 'description' | 'tags'>>;

const orderings: Record<(typeof sourceSortKeys)[number], Ordering<SourceRow>> = {
  created: newestFirst('created', 's'),
  updated: newestFirst('updated', 's'),
  label: alphabetical('s'),
};

const COLUMNS = 's.id, s.format, s.label, s.description, s.tags, s.created_by, s.updated_by, s.created, s.updated';

/**
 * SQL: whether a caller may know of the link between two Sources. What makes it are a Flow that collects and one it collects:
 * where either is hidden, so is the link, with its role.
 * @param other the Source at the other end @param readable place of the classes that may be read; absent for all
 */
const visibleLink = (other: string, readable: string | undefined): string =>
  readable === undefined
    ? ''
    : ` AND ${withinClasses('source', other, readable)} AND ${withinClasses('flow', 'i.collection_id', readable)}
        AND ${withinClasses('flow', 'i.flow_id', readable)}`;

/**
 * Source Collections are never stored: they follow from what the Flows of a Source collect.
 * @param readable place of the classes whose Sources may be shown; absent for all
 */
const derived = (readable?: string) => `
  (SELECT json_agg(json_strip_nulls(json_build_object('id', c.source_id, 'role', c.role)) ORDER BY c.position, c.source_id)
     FROM (SELECT member.source_id, min(i.position) AS position, max(i.item ->> 'role') AS role
             FROM flows f
             JOIN flow_collection_items i ON i.collection_id = f.id
             JOIN flows member ON member.id = i.flow_id
            WHERE f.source_id = s.id${visibleLink('member.source_id', readable)}
            GROUP BY member.source_id) c) AS source_collection,
  (SELECT array_agg(DISTINCT f.source_id)
     FROM flows member
     JOIN flow_collection_items i ON i.flow_id = member.id
     JOIN flows f ON f.id = i.collection_id
    WHERE member.source_id = s.id${visibleLink('f.source_id', readable)}) AS collected_by`;

const COLLECTED_BY = `
  SELECT 1 FROM flows member
    JOIN flow_collection_items i ON i.flow_id = member.id
    JOIN flows f ON f.id = i.collection_id
   WHERE member.source_id = s.id`;

/** What one identifier takes in an answer. */
const UUID_BYTES = 39;

/** SQL of Sources. */
@Injectable()
export class SourceRepository {
  /** Adds a Source unless it is there already. @returns whether it was added */
  async insert(connection: Connection, source: NewSource): Promise<boolean> {
    const inserted = await connection.query(
      `INSERT INTO sources (id, format, label, description, tags, created_by)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [
        source.id,
        source.format,
        source.label ?? null,
        source.description ?? null,
        source.tags ? JSON.stringify(source.tags) : null,
        source.created_by ?? null,
      ],
    );
    if (inserted.length > 0) await replaceTags(connection, 'source_tags', 'source_id', source.id, source.tags);
    return inserted.length > 0;
  }

  /** @param readable classes of the Sources its collections may show; absent for all */
  async find(connection: Connection, sourceId: string, readable?: readonly string[]): Promise<SourceRow | undefined> {
    const rows = await connection.query<SourceRow>(
      `SELECT ${COLUMNS}, ${derived(readable && '$2')} FROM sources s WHERE s.id = $1`,
      readable ? [sourceId, readable] : [sourceId],
    );
    return rows[0];
  }

  /** The Sources there are of these. */
  findAll(connection: Connection, sourceIds: readonly string[]): Promise<SourceRow[]> {
    return connection.query<SourceRow>(`SELECT ${COLUMNS}, ${derived()} FROM sources s WHERE s.id = ANY($1::uuid[])`, [
      sourceIds,
    ]);
  }

  /** What follows for these Sources from Flow Collections, by id; those that are not there are left out. */
  async collections(connection: Connection, sourceIds: readonly string[]): Promise<Map<string, DerivedCollections>> {
    const rows = await connection.query<DerivedCollections & { readonly id: string }>(
      `SELECT s.id, ${derived()} FROM sources s WHERE s.id = ANY($1::uuid[])`,
      [sourceIds],
    );
    return new Map(rows.map(({ id, ...collections }) => [id, collections]));
  }

  /** Keeps others from changing these Sources until the transaction ends; in order of their ids, so that nobody waits in a circle. */
  async lockAll(connection: Connection, sourceIds: readonly string[]): Promise<void> {
    await connection.query('SELECT 1 FROM sources WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
      sourceIds,
    ]);
  }

  /** Reads a Source's own row and keeps others from changing it until the transaction ends. */
  async lock(connection: Connection, sourceId: string): Promise<LockedSource | undefined> {
    const rows = await connection.query<SourceRow>(
      'SELECT id, format, tags, label, description FROM sources WHERE id = $1 FOR NO KEY UPDATE',
      [sourceId],
    );
    return rows[0];
  }

  /** Changes the given properties. @param updatedBy whom it is attributed to, if that is known @returns whether the Source exists */
  async update(
    connection: Connection,
    sourceId: string,
    change: SourceChange,
    updatedBy: string | undefined,
  ): Promise<boolean> {
    const parameters = new Parameters();
    const updater = parameters.add(updatedBy ?? null, 'text');
    const assignments = ['updated = statement_timestamp()', `updated_by = ${updater}`];
    if (change.label !== undefined) assignments.push(`label = ${parameters.add(change.label, 'text')}`);
    if (change.description !== undefined)
      assignments.push(`description = ${parameters.add(change.description, 'text')}`);
    if (change.tags !== undefined)
      assignments.push(`tags = ${parameters.add(change.tags && JSON.stringify(change.tags))}::jsonb`);
    const id = parameters.add(sourceId, 'uuid');
    const rows = await connection.query(
      `UPDATE sources SET ${assignments.join(', ')} WHERE id = ${id} RETURNING id`,
      parameters.values,
    );
    if (rows.length > 0 && change.tags !== undefined)
      await replaceTags(connection, 'source_tags', 'source_id', sourceId, change.tags ?? undefined);
    return rows.length > 0;
  }

  /** Deletes a Source, with its tags, unless a Flow represents it. @returns what it was, when it was deleted */
  async removeUnused(
    connection: Connection,
    sourceId: string,
  ): Promise<Pick<SourceRow, 'format' | 'tags'> | undefined> {
    // First the lock, against which a new Flow of this Source waits; then a look that sees every Flow there is.
    await connection.query('SELECT 1 FROM sources WHERE id = $1 FOR UPDATE', [sourceId]);
    const rows = await connection.query<Pick<SourceRow, 'format' | 'tags'>>(
      'DELETE FROM sources WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM flows WHERE source_id = $1) RETURNING format, tags',
      [sourceId],
    );
    return rows[0];
  }

  /**
   * The rows of one page, and one more when there is a next page.
   * @param readable classes of the Sources that collections may show; absent for all
   */
  async list(connection: Connection, query: SourceListQuery, readable?: readonly string[]): Promise<SourceRow[]> {
    const parameters = new Parameters();
    const classes = readable && parameters.add(readable);
    const collectedBy = COLLECTED_BY + visibleLink('f.source_id', classes);
    const conditions = tagConditions(query.tags, 'source_tags', 'source_id', 's.id', parameters);
    if (query.label !== undefined) conditions.push(`s.label = ${parameters.add(query.label)}`);
    if (query.format !== undefined) conditions.push(`s.format = ${parameters.add(query.format)}`);
    if (query.collected_by_ids?.length === 0) conditions.push(`NOT EXISTS (${collectedBy})`);
    else if (query.collected_by_ids) {
      conditions.push(
        `EXISTS (${collectedBy} AND f.source_id = ANY(${parameters.add(query.collected_by_ids)}::uuid[]))`,
      );
    }
    const page = keysetClauses(orderings[query.sort_by], query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<SourceRow>(
      withinPageBytes(
        `SELECT ${COLUMNS}, s.document_bytes, ${derived(classes)}
           FROM (SELECT * FROM sources s ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}) s`,
        {
          alias: 's',
          bytes: `s.document_bytes + coalesce(octet_length(s.source_collection::text), 0) + ${UUID_BYTES} * coalesce(cardinality(s.collected_by), 0)`,
          orderBy: page.orderBy,
        },
      ),
      parameters.values,
    );
  }

  /** The order a listing was asked for. */
  ordering(query: SourceListQuery): Ordering<SourceRow> {
    return orderings[query.sort_by];
  }
}
