import {
  contentFormat,
  description,
  type FlowCommonField,
  flowTechnical,
  label,
  mimeType,
  serverFields,
  tagFilterFrom,
  tags,
  timeRange,
  uuid,
  uuidList,
  wholeNumber,
} from '@tams/model';
import { documentedAs, forwardIssues, pagingQuery, queryBoolean, queryInteger } from '@tams/platform';
import { z } from 'zod';
import { flowCollection, type FlowCollectionItem } from './collections/flow-collection.schema';

/** Ingest status of a Flow (schemas/flow-status.json); kept by clients, indicative only. */
export const flowStatuses = ['awaiting_content', 'ingesting', 'replication_in_progress', 'closed_complete'] as const;
export const flowStatus = z.enum(flowStatuses, `must be one of ${flowStatuses.join(', ')}`);

/** What a Profile may hold, and a Flow made from one must therefore not bring itself. */
export const profileFields = [
  'format',
  'codec',
  'container',
  'avg_bit_rate',
  'segment_duration',
  'container_mapping',
  'essence_parameters',
] as const;

/** The part of a Flow that does not depend on its format (schemas/flow-common.json). */
const flowCommon = z.looseObject({
  id: uuid,
  source_id: uuid,
  label: label.optional(),
  description: description.optional(),
  created_by: z.string().max(1000).optional(),
  updated_by: z.string().max(1000).optional(),
  tags: tags.optional(),
  metadata_version: z.string().max(1000).optional(),
  generation: wholeNumber.optional(),
  status: flowStatus.optional(),
  read_only: z.boolean().optional(),
  max_bit_rate: wholeNumber.optional(),
  flow_collection: flowCollection.optional(),
  profile_id: z.union([uuid, z.literal('')], 'must be a lower-case UUID, or empty to break the link').optional(),
} satisfies Record<FlowCommonField, z.ZodType>);
export type FlowPut = z.output<typeof flowCommon>;

/** What the API document says of the common part of a PUT, {@link serverFields} included. */
const flowPutProperties = flowCommon
  .omit({ profile_id: true })
  .extend(
    Object.fromEntries(
      serverFields.map((field) => [
        field,
        z.unknown().optional().meta({ readOnly: true, description: 'Decided by the server, ignored in a request.' }),
      ]),
    ),
  )
  .meta({ id: 'FlowPutProperties', description: 'What every Flow may have, whatever its format.' });

/** A Flow that takes its technical metadata from a Profile brings none itself. */
const flowFromProfile = z
  .looseObject({
    profile_id: uuid.meta({ description: 'The Profile whose technical metadata the Flow is given.' }),
    ...Object.fromEntries(profileFields.map((field) => [field, z.never().optional()])),
  })
  .meta({ id: 'FlowFromProfile' });

const flowWithoutProfile = z
  .looseObject({ profile_id: z.literal('').optional().meta({ description: 'Empty to leave the Profile.' }) })
  .meta({ id: 'FlowWithoutProfile' });

/** PUT /flows/{flowId} as the API document shows it: one form for each format, and that of a Flow made from a Profile. */
const flowPutDocument = z
  .intersection(flowPutProperties, z.union([z.intersection(flowWithoutProfile, flowTechnical), flowFromProfile]))
  .meta({ id: 'FlowPut' });

/**
 * Body of PUT /flows/{flowId} (schemas/flow-put.json): the common part with either a Profile's id or technical metadata
 * of one format, which is checked against that format alone so that mistakes are named precisely.
 */
export const flowPut = documentedAs(
  flowCommon.transform((flow, context): FlowPut => {
    const complain = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (flow.profile_id) {
      for (const field of profileFields) {
        if (field in flow) complain(field, 'comes from the Profile and cannot be given together with profile_id');
      }
      return flow;
    }
    const technical = flowTechnical.safeParse(flow);
    if (technical.success) return flow;
    forwardIssues(context, technical.error.issues);
    return z.NEVER;
  }),
  flowPutDocument,
);

/** A Flow as clients read it (schemas/flow-get.json). */
export const flow = z
  .intersection(
    flowCommon
      .extend({
        profile_id: uuid.optional(),
        metadata_version: z.string(),
        created: z.iso.datetime(),
        metadata_updated: z.iso.datetime(),
        segments_updated: z.iso.datetime().optional(),
        timerange: z.string().optional(),
        collected_by: z.array(uuid).optional(),
      })
      .meta({ id: 'FlowProperties', description: 'What every Flow may have, whatever its format.' }),
    flowTechnical,
  )
  .meta({ id: 'Flow' });

// eslint-disable-next-line @typescript-eslint/no-unused-vars -- the type below comes from it
const flowDocument = flowCommon
  .omit({
    id: true,
    source_id: true,
    flow_collection: true,
    metadata_version: true,
    created_by: true,
    updated_by: true,
  })
  .extend({
    format: contentFormat,
    codec: mimeType.optional(),
    container: mimeType.optional(),
    essence_parameters: z.looseObject({ init_segments: z.boolean().optional() }).optional(),
  });

/**
 * The metadata of a Flow as it is kept: what its client gave, or a Profile, without what has columns or tables of its own.
 * The fields this server reads are typed; the rest is kept as it came.
 */
export type FlowDocument = Readonly<z.output<typeof flowDocument>>;

/** A Flow in the answers of this server: its metadata, and what the server adds. */
export type Flow = FlowDocument & {
  readonly id: string;
  readonly source_id: string;
  readonly flow_collection?: readonly FlowCollectionItem[];
};

/** Orders of GET /flows. */
export const flowSortKeys = ['created', 'metadata_updated', 'label'] as const;

/** Query of GET /flows. */
export const flowListQuery = z
  .looseObject({
    ...pagingQuery,
    source_id: uuid.optional(),
    timerange: timeRange.optional(),
    format: contentFormat.optional(),
    codec: mimeType.optional(),
    profile_id: uuid.optional(),
    label: z.string('must be given once').optional(),
    status: flowStatus.optional(),
    frame_width: queryInteger.optional(),
    frame_height: queryInteger.optional(),
    init_segments: queryBoolean.optional(),
    collected_by_ids: uuidList
      .optional()
      .meta({ description: 'Comma-separated Flow ids; an empty value selects Flows no other collects.' }),
    sort_by: z.enum(flowSortKeys, `must be one of ${flowSortKeys.join(', ')}`).default('created'),
    reverse_order: queryBoolean.default(false),
  })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type FlowListQuery = z.output<typeof flowListQuery>;

/** Query of GET /flows/{flowId}. */
export const flowQuery = z.looseObject({
  include_timerange: queryBoolean.default(false),
  timerange: timeRange
    .optional()
    .meta({ description: 'Limits the `timerange` in the answer to Segments that overlap this.' }),
});
export type FlowQuery = z.output<typeof flowQuery>;
