import { contentFormat, uuid } from '@tams/model';
import { z } from 'zod';

const moment = (text: string) => z.iso.datetime().optional().meta({ description: text });

/** Everything the store knows of one object. */
export const objectInspection = z
  .object({
    id: z.string(),
    role: z
      .enum(['media', 'init'])
      .optional()
      .meta({ description: 'What it is used as; absent while it is only allocated.' }),
    content_type: z.string().optional(),
    timerange: z.string().optional().meta({ description: 'What it holds, on its own timeline.' }),
    key_frame_count: z.int().optional(),
    init_object_id: z.string().optional().meta({ description: 'Its initialisation object.' }),
    initialises: z.int().optional().meta({ description: 'Media objects that need it, counted up to 1000.' }),
    size_bytes: z.int().optional(),
    allocated: z.iso.datetime(),
    registered: moment('When a segment first used it.'),
    allocated_for_flow: uuid.optional(),
    first_referenced_by_flow: uuid.optional(),
    unreferenced_since: moment('When its last segment went; it is collected some time later.'),
    collect_at: moment('When its bytes are removed: nothing can use it any more.'),
    instances: z.array(
      z.object({
        storage_id: uuid.optional(),
        label: z.string().optional().meta({ description: 'Of the storage backend, or of a URL a client gave.' }),
        controlled: z.boolean(),
        state: z
          .enum(['ready', 'copying', 'deleting', 'missing'])
          .meta({ description: '`missing`: reconciliation found that the backend does not hold it.' }),
        state_since: z.iso.datetime(),
        created: z.iso.datetime(),
        size_bytes: z.int().optional(),
        sha256: z.string().optional(),
      }),
    ),
    flows: z
      .array(
        z.object({
          id: uuid,
          label: z.string().optional(),
          format: contentFormat.optional(),
          timerange: z.string().optional().meta({ description: 'Of the first segment that uses the object.' }),
          more_segments: z.boolean().meta({ description: 'Whether further segments of the Flow use it.' }),
        }),
      )
      .meta({
        description: 'Flows that use it, 100 at most; of an initialisation object those that use it indirectly.',
      }),
    more_flows: z.boolean(),
  })
  .meta({ id: 'ObjectInspection' });
export type ObjectInspection = z.output<typeof objectInspection>;
