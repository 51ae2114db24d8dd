import { contentFormat, description, label, tagFilterFrom, tags, tagValue, uuid, uuidList } from '@tams/model';
import { pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** A Source as clients read it (schemas/source.json). */
export const source = z
  .object({
    id: uuid,
    format: contentFormat,
    label: label.optional(),
    description: description.optional(),
    created_by: z.string().optional(),
    updated_by: z.string().optional(),
    created: z.iso.datetime(),
    updated: z.iso.datetime(),
    tags: tags.optional(),
    source_collection: z
      .array(z.object({ id: uuid, role: z.string().optional() }))
      .optional()
      .meta({ description: 'Sources this one collects, derived from the Flow Collections of its Flows.' }),
    collected_by: z.array(uuid).optional().meta({ description: 'Sources that collect this one.' }),
  })
  .meta({ id: 'Source' });
export type Source = z.output<typeof source>;

/** Orders of GET /sources. */
export const sourceSortKeys = ['created', 'updated', 'label'] as const;

/** Query of GET /sources. */
export const sourceListQuery = z
  .looseObject({
    ...pagingQuery,
    label: z.string('must be given once').optional(),
    format: contentFormat.optional(),
    collected_by_ids: uuidList
      .optional()
      .meta({ description: 'Comma-separated Source ids; an empty value selects Sources no other collects.' }),
    sort_by: z.enum(sourceSortKeys, `must be one of ${sourceSortKeys.join(', ')}`).default('created'),
    reverse_order: queryBoolean.default(false),
  })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type SourceListQuery = z.output<typeof sourceListQuery>;

export { description as sourceDescription, label as sourceLabel, tagValue as sourceTagValue };
