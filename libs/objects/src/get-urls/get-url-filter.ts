import { labelList, type TagFilter, tagFilterFrom, uuidList } from '@tams/model';
import { queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** Which `get_urls` a client wants to see, and how much of them. Every condition must hold. */
export interface GetUrlFilter {
  /** `verbose_storage`: with the metadata of the storage backend. */
  readonly verbose: boolean;
  /** `accept_get_urls`: only URLs with one of these labels; an empty set accepts none, `undefined` accepts all. */
  readonly labels: ReadonlySet<string> | undefined;
  /** `accept_storage_ids`: only URLs on one of these backends; `undefined` accepts all. */
  readonly storageIds: ReadonlySet<string> | undefined;
  /** `presigned`: only presigned, or only plain URLs. */
  readonly presigned: boolean | undefined;
  /** `storage_backend_tag.{name}` and `storage_backend_tag_exists.{name}`. */
  readonly backendTags: TagFilter;
  /** Classes the reader may read: URLs on backends that have others only are left out; absent for all. */
  readonly readable?: readonly string[];
}

/** Query parameters that select `get_urls`, for the query schemas of segments and objects. */
export const getUrlQueryParameters = {
  verbose_storage: queryBoolean
    .optional()
    .meta({ description: 'Include storage metadata in `get_urls`; otherwise only `url`, `presigned` and `label`.' }),
  accept_get_urls: labelList.optional().meta({
    description:
      'Comma-separated labels of the `get_urls` to include; empty for none at all. URLs without a label appear only when this is omitted.',
  }),
  accept_storage_ids: uuidList.optional().meta({
    description: 'Comma-separated ids of the storage backends whose `get_urls` to include; omitted or empty for all.',
  }),
  presigned: queryBoolean
    .optional()
    .meta({ description: 'Only presigned (`true`) or only plain (`false`) `get_urls`; omitted for both.' }),
};

type GetUrlQuery = z.output<z.ZodObject<typeof getUrlQueryParameters>>;

/**
 * Reads the filter out of a query whose schema contains {@link getUrlQueryParameters}; broken
 * `storage_backend_tag` conditions become issues of `context`.
 */
export function getUrlFilterFrom(
  query: GetUrlQuery & Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): GetUrlFilter {
  const storageIds = query.accept_storage_ids ?? [];
  return {
    verbose: query.verbose_storage ?? false,
    labels: query.accept_get_urls && new Set(query.accept_get_urls),
    storageIds: storageIds.length > 0 ? new Set(storageIds) : undefined,
    presigned: query.presigned,
    backendTags: tagFilterFrom(query, 'storage_backend_tag', context),
  };
}

/** Whether the filter rules out every URL, so that not even the instances need to be read. */
export function acceptsNoGetUrl(filter: GetUrlFilter): boolean {
  return filter.labels?.size === 0;
}
