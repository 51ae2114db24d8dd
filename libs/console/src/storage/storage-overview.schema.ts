import { uuid } from '@tams/model';
import { z } from 'zod';

const counted = (what: string, most: string) => z.int().meta({ description: `${what}, counted up to ${most}.` });

/** Where media lies, and what is being done about it. */
export const storageOverview = z
  .object({
    backends: z.array(
      z.object({
        id: uuid,
        label: z.string().optional(),
        store_type: z.string(),
        provider: z.string(),
        store_product: z.string(),
        region: z.string().optional(),
        default_storage: z.boolean().optional(),
        available: z.boolean().meta({ description: 'Whether it answers just now.' }),
        latency_ms: z.number(),
        problem: z.string().optional().meta({ description: 'Why it does not.' }),
        free_bytes: z.int().optional().meta({ description: 'Room that is left, where the store tells.' }),
        total_bytes: z.int().optional(),
        last_reconciliation: z
          .object({
            started: z.iso.datetime(),
            finished: z.iso.datetime(),
            repaired: z.boolean(),
            problem: z.string().optional().meta({ description: 'Why it was not compared, or not wholly.' }),
            objects: z.int(),
            bytes: z.int(),
            orphans: z.int().meta({ description: 'Objects there that no entry of the index knows.' }),
            orphan_bytes: z.int(),
            dangling: z.int().meta({ description: 'Entries of the index whose bytes are not there.' }),
            size_mismatches: z.int(),
          })
          .optional(),
      }),
    ),
    moving: z
      .array(
        z.object({
          object_id: z.string(),
          storage_id: uuid,
          state: z.enum(['copying', 'deleting']),
          since: z.iso.datetime(),
        }),
      )
      .meta({ description: 'Instances that are being copied or deleted, those longest at it first, 100 at most.' }),
    more_moving: z.boolean(),
    missing_instances: counted('Instances whose bytes reconciliation did not find', '1,000'),
    collection: z
      .object({
        unregistered: counted('Objects that were allocated and not registered', '10,000'),
        unreferenced: counted('Objects that no segment uses any more', '10,000'),
        being_collected: counted('Objects whose bytes are being removed', '10,000'),
      })
      .meta({ description: 'Objects that go when their time comes.' }),
  })
  .meta({ id: 'StorageOverview' });
export type StorageOverview = z.output<typeof storageOverview>;

/** What goes by retention. */
export const retentionOverview = z
  .object({
    items: z.array(
      z.object({
        flow_id: uuid,
        label: z.string().optional(),
        what: z.enum(['segments', 'flow', 'empty-flow']),
        due_now: z.boolean(),
        due: z.iso.datetime().optional().meta({ description: 'When the first of it goes.' }),
        segments: z.int().optional(),
        timerange: z.string().optional().meta({ description: 'Segments that lie wholly within it go now.' }),
        held: z.string().optional().meta({ description: 'Why it stays although it is due.' }),
        problem: z.string().optional().meta({ description: 'Why nothing ever goes.' }),
      }),
    ),
    more: z
      .boolean()
      .meta({ description: 'Whether further Flows have a retention; the 200 with the lowest ids are listed.' }),
  })
  .meta({ id: 'RetentionOverview' });
export type RetentionOverview = z.output<typeof retentionOverview>;
