import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import { type ContentFormat, tagConditions, type Tags } from '@tams/model';
import {
  alphabetical,
  type Connection,
  keysetClauses,
  newestFirst,
  type Ordering,
  Parameters,
  withinPageBytes,
} from '@tams/platform';
import type { TechnicalMetadata } from './codec-summary';
import { GATHERED_FLOWS, NAMED_FLOWS } from './figures';
import type { ExtentRow } from './flow-overview.repository';
import type { SourceOverviewQuery, sourceOverviewSortKeys } from './library.schema';
import { searchCondition } from './search';

/** A Flow that represents a Source. */
export interface RepresentingFlowRow extends TechnicalMetadata {
  readonly id: string;
  readonly label: string | null;
  readonly segment_count: number;
}

/** One Source of the library overview. */
export interface SourceOverviewRow extends ExtentRow {
  readonly id: string;
  readonly label: string | null;
  readonly description: string | null;
  readonly format: ContentFormat;
  readonly created: string;
  readonly updated: string;
  readonly tags: Tags | null;
  readonly flow_count: string;
  readonly flows: RepresentingFlowRow[] | null;
  /** `ingesting` when one of the Flows that represent it says so, `closed_complete` when all of them do. */
  readonly status: 'ingesting' | 'closed_complete' | null;
}

/** Orders of the overview. */
export const sourceOverviewOrderings: Record<(typeof sourceOverviewSortKeys)[number], Ordering<SourceOverviewRow>> = {
  created: newestFirst('created', 's'),
  updated: newestFirst('updated', 's'),
  label: alphabetical('s'),
};

const EXTENT = `sum(f.segment_count) AS segment_count, min(f.first_start_ns) AS first_start_ns,
  max(f.last_end_ns) AS last_end_ns, max(f.segments_added) AS segments_added`;

/** SQL of the Flows that represent the Source `s`. */
function flowsOf(shown: string): string {
  return `SELECT count(*) AS flow_count, ${EXTENT},
            CASE WHEN bool_or(f.status = 'ingesting') THEN 'ingesting'
                 WHEN bool_and(f.status IS NOT DISTINCT FROM 'closed_complete') THEN 'closed_complete' END AS status,
            json_agg(json_build_object('id', f.id, 'label', f.label, 'format', f.format, 'codec', f.codec,
              'essence_parameters', f.essence_parameters, 'segment_count', f.segment_count)
              ORDER BY f.place) FILTER (WHERE f.place <= ${NAMED_FLOWS}) AS flows
       FROM (SELECT f.id, f.label, f.format, f.codec, f.document -> 'essence_parameters' AS essence_parameters, f.status,
                    f.segment_count, f.first_start_ns, f.last_end_ns, f.segments_added,
                    row_number() OVER (ORDER BY f.segment_count DESC, f.id) AS place
               FROM (SELECT * FROM flows f WHERE f.source_id = s.id${shown} LIMIT ${GATHERED_FLOWS}) f) f`;
}

/** SQL of what the Flows collect that represent the Source `s`. */
function collectedOf(shown: string): string {
  return `SELECT ${EXTENT}
       FROM (SELECT f.segment_count, f.first_start_ns, f.last_end_ns, f.segments_added
               FROM flows c JOIN flow_collection_items i ON i.collection_id = c.id JOIN flows f ON f.id = i.flow_id
              WHERE c.source_id = s.id${shown} LIMIT ${GATHERED_FLOWS}) f`;
}

/** SQL of the overview of Sources. */
@Injectable()
export class SourceOverviewRepository {
  /**
   * The rows of one page, and one more when there is a next page.
   * @param readable classes of the Flows that may be shown; absent for all
   */
  list(
    connection: Connection,
    query: SourceOverviewQuery,
    readable: readonly string[] | undefined,
  ): Promise<SourceOverviewRow[]> {
    const parameters = new Parameters();
    const classes = readable && parameters.add(readable);
    const shown = classes ? ` AND ${withinClasses('flow', 'f.id', classes)}` : '';
    const conditions = tagConditions(query.tags, 'source_tags', 'source_id', 's.id', parameters);
    if (query.format !== undefined) conditions.push(`s.format = ${parameters.add(query.format)}`);
    if (query.search) conditions.push(searchCondition('source', query.search, parameters));
    const page = keysetClauses(sourceOverviewOrderings[query.sort_by], query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<SourceOverviewRow>(
      `SELECT s.id, s.label, s.description, s.format, s.created, s.updated, s.tags, own.flow_count, own.flows, own.status,
              (coalesce(own.segment_count, 0) + coalesce(collected.segment_count, 0))::text AS segment_count,
              least(own.first_start_ns, collected.first_start_ns) AS first_start_ns,
              greatest(own.last_end_ns, collected.last_end_ns) AS last_end_ns,
              greatest(own.segments_added, collected.segments_added) AS segments_added,
              extract(epoch FROM clock_timestamp() - greatest(own.segments_added, collected.segments_added))::float8 AS added_age,
              s.more
         FROM (${withinPageBytes(`SELECT * FROM sources s ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`, {
           alias: 's',
           bytes: 's.document_bytes',
           orderBy: page.orderBy,
         })}) s
        CROSS JOIN LATERAL (${flowsOf(shown)}) own
        CROSS JOIN LATERAL (${collectedOf(shown)}) collected
        ORDER BY ${page.orderBy}`,
      parameters.values,
    );
  }
}
