import { flowStatus } from '@tams/flows';
import { contentFormat, mimeType, tagFilterFrom, tags, uuid } from '@tams/model';
import { pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** How a Flow is doing, as its registrations show it. */
export const activities = ['live', 'stalled', 'idle', 'empty'] as const;
export const activity = z.enum(activities, `must be one of ${activities.join(', ')}`).meta({
  description:
    '`live`: a segment was registered in the last minute, and its status is not `closed_complete`. `stalled`: its status is `ingesting`, and none was. `empty`: it has no segments. `idle`: everything else.',
});
export type Activity = (typeof activities)[number];

/** Text that is looked for anywhere in ids, labels, descriptions and tags. */
const search = z.string('must be given once').max(200, 'must not be longer than 200 characters').optional().meta({
  description:
    'Only those that have this text, in upper or lower case, in their id, label, description, or in names or values of their tags. From three characters on an index serves it.',
});

/** Orders of GET /console/api/flows. */
export const flowOverviewSortKeys = ['created', 'metadata_updated', 'label', 'last_added'] as const;

/** Query of GET /console/api/flows. */
export const flowOverviewQuery = z
  .looseObject({
    ...pagingQuery,
    search,
    format: contentFormat.optional(),
    codec: mimeType.optional(),
    status: flowStatus.optional(),
    source_id: uuid.optional(),
    activity: activity.optional(),
    sort_by: z
      .enum(flowOverviewSortKeys, `must be one of ${flowOverviewSortKeys.join(', ')}`)
      .default('created')
      .meta({
        description: '`last_added`: by the minute of the last registration of a segment, latest first.',
      }),
    reverse_order: queryBoolean.default(false),
  })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type FlowOverviewQuery = z.output<typeof flowOverviewQuery>;

/** Orders of GET /console/api/sources. */
export const sourceOverviewSortKeys = ['created', 'updated', 'label'] as const;

/** Query of GET /console/api/sources. */
export const sourceOverviewQuery = z
  .looseObject({
    ...pagingQuery,
    search,
    format: contentFormat.optional(),
    sort_by: z.enum(sourceOverviewSortKeys, `must be one of ${sourceOverviewSortKeys.join(', ')}`).default('created'),
    reverse_order: queryBoolean.default(false),
  })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type SourceOverviewQuery = z.output<typeof sourceOverviewQuery>;

const seconds = (text: string) =>
  z
    .number()
    .optional()
    .meta({ description: `${text}, in seconds.` });
const summary = z.string().meta({ description: 'Codec and shape for people, for example `H.264 1920x1080 25 fps`.' });

/** What a listing says of where media lies on the timeline. */
const extents = {
  segment_count: z.int(),
  extent: z
    .string()
    .optional()
    .meta({ description: 'From the start of the first to the end of the last segment, half-open.' }),
  duration_seconds: seconds('How long the extent is'),
  last_added: z.iso.datetime().optional().meta({ description: 'When a segment was last registered.' }),
  last_added_age_seconds: seconds('How long ago that was'),
  activity,
  playback: z.string().optional().meta({
    description: 'Path of its HLS preview, when there are segments; whether they can be played, it says itself.',
  }),
};

/** A Flow that another collects. */
const member = z.object({
  id: uuid,
  role: z.string().optional(),
  label: z.string().optional(),
  format: contentFormat.optional(),
  codec: z.string().optional(),
  segment_count: z.int(),
});

/** One Flow of the library overview. */
export const flowOverview = z
  .object({
    id: uuid,
    source_id: uuid,
    label: z.string().optional(),
    description: z.string().optional(),
    format: contentFormat.optional(),
    codec: z.string().optional(),
    container: z.string().optional(),
    status: z.string().optional(),
    read_only: z.boolean(),
    created: z.iso.datetime(),
    metadata_updated: z.iso.datetime(),
    tags: tags.optional(),
    summary,
    essence_parameters: z.looseObject({}).optional(),
    ...extents,
    from_members: z
      .literal(true)
      .optional()
      .meta({ description: 'It has no segments of its own: figures are those of the Flows it collects.' }),
    covered_seconds: seconds('How much of the extent segments cover'),
    hole_seconds: seconds('How much of the extent they do not'),
    size_bytes: z.int().optional().meta({ description: 'Of the objects its segments use, each whole.' }),
    size_exact: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the size was added up; otherwise it is estimated from the last few segments.' }),
    members: z.array(member).optional().meta({ description: 'Flows it collects, 20 at most.' }),
    member_count: z.int().optional(),
    collected_by: z.array(uuid).optional().meta({ description: 'Flows that collect it, 20 at most.' }),
    rate: z
      .object({
        media_per_second: z.number().meta({ description: 'Seconds of media registered in a second.' }),
        bits_per_second: z.int().optional(),
      })
      .optional()
      .meta({ description: 'Of the last registrations; of one Flow, and where the activity is asked for.' }),
  })
  .meta({ id: 'FlowOverview' });
export type FlowOverview = z.output<typeof flowOverview>;

/** One Source of the library overview. */
export const sourceOverview = z
  .object({
    id: uuid,
    label: z.string().optional(),
    description: z.string().optional(),
    format: contentFormat,
    created: z.iso.datetime(),
    updated: z.iso.datetime(),
    tags: tags.optional(),
    flow_count: z.int().meta({ description: 'Flows that represent it, counted up to 1000.' }),
    flows: z
      .array(
        z.object({
          id: uuid,
          label: z.string().optional(),
          format: contentFormat.optional(),
          codec: z.string().optional(),
          summary,
          segment_count: z.int(),
        }),
      )
      .meta({ description: 'Flows that represent it, 20 at most, those with most segments first.' }),
    ...extents,
  })
  .meta({ id: 'SourceOverview' });
export type SourceOverview = z.output<typeof sourceOverview>;
