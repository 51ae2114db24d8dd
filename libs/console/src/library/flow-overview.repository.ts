import { Injectable } from '@nestjs/common';
import { tagConditions, type Tags } from '@tams/model';
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
import { activityConditions, collectionsOf, membersOf, RATE, sizeOf } from './figures';
import type { FlowOverviewQuery, flowOverviewSortKeys } from './library.schema';
import { searchCondition } from './search';

/** Where the segments of a Flow, or of several, lie. */
export interface ExtentRow {
  readonly segment_count: string;
  readonly first_start_ns: string | null;
  readonly last_end_ns: string | null;
  readonly segments_added: string | null;
  readonly added_age: number | null;
}

/** A Flow that another collects. */
export interface MemberRow {
  readonly id: string;
  readonly role: string | null;
  readonly label: string | null;
  readonly format: string | null;
  readonly codec: string | null;
  readonly segment_count: number;
}

/** One Flow of the library overview. */
export interface FlowOverviewRow extends ExtentRow {
  readonly id: string;
  readonly source_id: string;
  readonly label: string | null;
  readonly description: string | null;
  readonly technical: TechnicalMetadata;
  readonly container: string | null;
  readonly status: string | null;
  readonly read_only: boolean;
  readonly created: string;
  readonly metadata_updated: string;
  readonly added_minute: string;
  readonly tags: Tags | null;
  readonly media_ns: string;
  readonly objects: string;
  readonly sized: string;
  readonly sized_bytes: string | null;
  readonly sized_ns: string | null;
  readonly members: MemberRow[] | null;
  readonly member_count: string;
  /** Of the Flows it collects, together. */
  readonly members_extent: ExtentRow;
  readonly collected_by: string[];
  readonly rate: { readonly media_per_second: number | null; readonly bits_per_second: number | null } | null;
}

/** What is asked of the repository. */
export interface FlowOverviewSelection {
  /** Classes of the Flows that collections may show; absent for all. */
  readonly readable: readonly string[] | undefined;
  /** Whether to say how fast each Flow grows. */
  readonly withRate: boolean;
}

/** Orders of the overview. */
export const flowOverviewOrderings: Record<(typeof flowOverviewSortKeys)[number], Ordering<FlowOverviewRow>> = {
  created: newestFirst('created', 'f'),
  metadata_updated: newestFirst('metadata_updated', 'f'),
  label: alphabetical('f'),
  last_added: {
    name: 'last_added',
    keys: [
      { expression: 'f.added_minute', type: 'timestamptz' },
      { expression: 'f.id', type: 'uuid' },
    ],
    descending: true,
    position: (flow) => [flow.added_minute, flow.id],
  },
};

/** SQL of the overview of Flows. Each row costs a fixed number of index probes, however long the Flow is. */
@Injectable()
export class FlowOverviewRepository {
  /** The rows of one page, and one more when there is a next page. */
  list(
    connection: Connection,
    query: FlowOverviewQuery,
    { readable, withRate }: FlowOverviewSelection,
  ): Promise<FlowOverviewRow[]> {
    const parameters = new Parameters();
    const classes = readable && parameters.add(readable);
    const conditions = conditionsOf(query, parameters);
    const page = keysetClauses(flowOverviewOrderings[query.sort_by], query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<FlowOverviewRow>(
      `${select(classes, withRate)}, f.more
         FROM (${withinPageBytes(`SELECT * FROM flows f ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`, {
           alias: 'f',
           bytes: 'f.document_bytes',
           orderBy: page.orderBy,
         })}) f
         ${laterals(classes, withRate)}
        ORDER BY ${page.orderBy}`,
      parameters.values,
    );
  }

  /** One Flow. */
  async find(
    connection: Connection,
    flowId: string,
    { readable, withRate }: FlowOverviewSelection,
  ): Promise<FlowOverviewRow | undefined> {
    const classes = readable && '$2';
    const [row] = await connection.query<FlowOverviewRow>(
      `${select(classes, withRate)} FROM flows f ${laterals(classes, withRate)} WHERE f.id = $1`,
      readable ? [flowId, readable] : [flowId],
    );
    return row;
  }
}

const select = (classes: string | undefined, withRate: boolean): string => `
  SELECT f.id, f.source_id, f.label, f.document ->> 'description' AS description, f.container, f.status, f.read_only,
         json_build_object('format', f.format, 'codec', f.codec, 'essence_parameters', f.document -> 'essence_parameters') AS technical,
         f.created, f.metadata_updated, f.added_minute, f.document -> 'tags' AS tags, f.media_ns::text AS media_ns,
         f.segment_count, f.first_start_ns, f.last_end_ns, f.segments_added, ${ageOf('f')} AS added_age,
         size.objects, size.sized, size.sized_bytes::text AS sized_bytes, size.sized_ns::text AS sized_ns,
         m.members, m.member_count,
         json_build_object('segment_count', coalesce(m.segment_count, 0)::text, 'first_start_ns', m.first_start_ns::text,
           'last_end_ns', m.last_end_ns::text, 'segments_added', to_char(m.segments_added AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           'added_age', ${ageOf('m')}) AS members_extent,
         ${collectionsOf(classes)} AS collected_by, ${withRate ? 'r.rate' : 'NULL'} AS rate`;

const laterals = (classes: string | undefined, withRate: boolean): string => `
  CROSS JOIN LATERAL (${sizeOf('f')}) size
  CROSS JOIN LATERAL (${membersOf(classes)}) m
  ${withRate ? `LEFT JOIN LATERAL (${RATE}) r ON true` : ''}`;

function ageOf(alias: string): string {
  return `extract(epoch FROM clock_timestamp() - ${alias}.segments_added)::float8`;
}

function conditionsOf(query: FlowOverviewQuery, parameters: Parameters): string[] {
  const conditions = tagConditions(query.tags, 'flow_tags', 'flow_id', 'f.id', parameters);
  const equals = (column: string, value: unknown, cast?: 'uuid'): void => {
    if (value !== undefined) conditions.push(`f.${column} = ${parameters.add(value, cast)}`);
  };
  equals('source_id', query.source_id, 'uuid');
  equals('format', query.format);
  equals('codec', query.codec);
  equals('status', query.status);
  if (query.activity) conditions.push(activityConditions[query.activity]);
  if (query.search) conditions.push(searchCondition('flow', query.search, parameters));
  return conditions;
}
