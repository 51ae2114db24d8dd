import { containerMapping, uuid } from '@tams/model';
import { z } from 'zod';

/** How one Flow is collected into another (schemas/flow-collection.json). */
export const flowCollectionItem = z
  .looseObject({
    id: uuid,
    role: z.string().max(500).optional().meta({ description: 'What the Flow is for in this collection.' }),
    container_mapping: containerMapping.optional(),
  })
  .meta({ id: 'FlowCollectionItem' });
export type FlowCollectionItem = z.output<typeof flowCollectionItem>;

/** The ordered Flows another Flow collects. */
export const flowCollection = z.array(flowCollectionItem).max(10_000).meta({ id: 'FlowCollection' });
