import { tagFilterFrom, tags, uuid } from '@tams/model';
import { pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** A storage backend as clients read it (schemas/storage-backends-list.json). Nothing of how it is reached is in it. */
export const storageBackend = z
  .object({
    id: uuid,
    label: z.string().optional(),
    store_type: z.literal('http_object_store').meta({ description: 'How media is written and read.' }),
    provider: z.string().meta({ description: 'Who runs it.' }),
    region: z.string().optional(),
    availability_zone: z.string().optional(),
    store_product: z.string().meta({ description: 'Which product it is.' }),
    tags: tags.optional(),
    default_storage: z.boolean().optional().meta({ description: 'Used when a client names no backend.' }),
  })
  .meta({ id: 'StorageBackend' });
export type StorageBackend = z.output<typeof storageBackend>;

/** Query of GET /service/storage-backends. */
export const storageBackendListQuery = z
  .looseObject({ ...pagingQuery, reverse_order: queryBoolean.default(false) })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type StorageBackendListQuery = z.output<typeof storageBackendListQuery>;
