import { timeRange, uuid } from '@tams/model';
import { z } from 'zod';

/** Query of GET /console/api/flows/{flowId}/deletion-preview. */
export const deletionPreviewQuery = z.looseObject({
  timerange: timeRange
    .optional()
    .meta({ description: 'What is to be deleted: segments that lie wholly within it; the whole Flow unless given.' }),
});
export type DeletionPreviewQuery = z.output<typeof deletionPreviewQuery>;

/** What a deletion would take with it. */
export const deletionPreview = z
  .object({
    flow_id: uuid,
    label: z.string().optional(),
    read_only: z.boolean().meta({ description: 'A Flow that is read-only is not deleted.' }),
    flow_segment_count: z.int().meta({ description: 'Segments of the whole Flow.' }),
    segments: z.int().meta({ description: 'Segments that would go, of those that were looked at.' }),
    more: z
      .boolean()
      .meta({ description: 'Whether there are more than were looked at: all figures are lower bounds.' }),
    objects: z.int().meta({ description: 'Objects that these segments use.' }),
    shared_objects: z.int().meta({ description: 'Those of them that other segments use too: they stay.' }),
    bytes: z.int().meta({ description: 'Of all instances of these objects, as far as their size is known.' }),
    freed_bytes: z.int().meta({ description: 'Of those that nothing else uses.' }),
  })
  .meta({ id: 'DeletionPreview' });
export type DeletionPreview = z.output<typeof deletionPreview>;
