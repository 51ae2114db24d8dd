import { timeRange, uuid } from '@tams/model';
import { objectId } from '@tams/objects';
import { pagingQuery, queryBoolean } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { z } from 'zod';

/** Query of DELETE /flows/{flowId}/segments. */
export const segmentDeletionQuery = z.looseObject({
  timerange: timeRange
    .default(TimeRange.ETERNITY)
    .meta({ default: '_', description: 'Only segments that lie wholly within this timerange.' }),
  object_id: objectId.optional().meta({ description: 'Only segments of this object.' }),
});
export type SegmentDeletionQuery = z.output<typeof segmentDeletionQuery>;

/** Orders of GET /flow-delete-requests. */
export const deletionSortKeys = ['created', 'expiry'] as const;

/** Query of GET /flow-delete-requests. */
export const deletionListQuery = z.looseObject({
  ...pagingQuery,
  sort_by: z.enum(deletionSortKeys, `must be one of ${deletionSortKeys.join(', ')}`).default('created'),
  reverse_order: queryBoolean.default(false),
});
export type DeletionListQuery = z.output<typeof deletionListQuery>;

/** Why a deletion does not go on (schemas/error.json). */
export const deletionError = z.object({ type: z.string(), summary: z.string(), time: z.iso.datetime() });
export type DeletionError = z.output<typeof deletionError>;

/** A deletion request as clients read it (schemas/deletion-request.json). */
export const deletionRequest = z
  .object({
    id: uuid,
    flow_id: uuid,
    timerange_to_delete: z.string().meta({ description: 'What the client asked for.' }),
    timerange_remaining: z
      .string()
      .optional()
      .meta({ description: 'From the first to the last segment that is still to be deleted; `()` in the end.' }),
    delete_flow: z.boolean().meta({ description: 'Whether the Flow goes with its last segment.' }),
    created: z.iso.datetime().optional(),
    created_by: z.string().optional(),
    updated: z.iso.datetime().optional(),
    expiry: z.iso.datetime().optional().meta({ description: 'When the request is forgotten, once it is done.' }),
    status: z.enum(['created', 'started', 'done', 'error']),
    error: deletionError.optional().meta({ description: 'What went wrong last; the server keeps trying.' }),
  })
  .meta({ id: 'DeletionRequest' });
export type DeletionRequest = z.output<typeof deletionRequest>;
