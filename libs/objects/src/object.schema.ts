import { tagFilterFrom, uuid } from '@tams/model';
import { pagingQuery } from '@tams/platform';
import { z } from 'zod';
import { getUrlFilterFrom, getUrlQueryParameters } from './get-urls/get-url-filter';
import type { GetUrl } from './get-urls/get-urls';

/** Longest object identifier, in bytes of UTF-8: what object stores allow for a key, and what a database index holds. */
export const MAXIMUM_OBJECT_ID_BYTES = 1024;

/** Identifier of an object: any text, `/` included, that can be a key of an object store. */
export const objectId = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .refine(
    (id) => Buffer.byteLength(id) <= MAXIMUM_OBJECT_ID_BYTES,
    `must not be longer than ${MAXIMUM_OBJECT_ID_BYTES} bytes`,
  )
  .meta({ description: 'Object identifier; percent-encode it in a URL (`/` is `%2F`).' });

/** Longest label of an uncontrolled URL, in characters: with the object's id it must fit an index row. */
const LONGEST_URL_LABEL = 250;
const LONGEST_URL = 8192;

/** A URL outside this store that a client vouches for. */
export const uncontrolledUrl = z.object({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
    .max(LONGEST_URL, `must not be longer than ${LONGEST_URL} characters`),
  label: z
    .string('must be a string')
    .min(1, 'must not be empty')
    .max(LONGEST_URL_LABEL, `must not be longer than ${LONGEST_URL_LABEL} characters`),
});

/** Query of GET /objects/{objectId}. */
export const objectQuery = z.looseObject({ ...pagingQuery, ...getUrlQueryParameters }).transform((query, context) => ({
  page: query.page,
  limit: query.limit,
  getUrls: getUrlFilterFrom(query, context),
  flowTags: tagFilterFrom(query, 'flow_tag', context),
}));
export type ObjectQuery = z.output<typeof objectQuery>;

/** `get_urls` as clients read them (schemas/object-core.json). */
export const getUrlList = z
  .array(
    z.looseObject({
      url: z.string(),
      label: z.string().optional(),
      presigned: z.boolean().optional(),
      storage_id: uuid.optional(),
      controlled: z.boolean().optional(),
    }),
  )
  .meta({ description: 'URLs the object can be read from, preferred first.' });

/** An object as clients read it (schemas/object.json). */
export const mediaObject = z
  .object({
    id: z.string(),
    referenced_by_flows: z.array(uuid).meta({
      description:
        'Flows whose Segments use the object; paged. For an initialisation object, Flows that use it indirectly.',
    }),
    first_referenced_by_flow: uuid.optional(),
    timerange: z
      .string()
      .optional()
      .meta({ description: 'What the object holds, on its own timeline. Media objects only.' }),
    key_frame_count: z.int().optional(),
    get_urls: getUrlList,
    init_object: z.object({ id: z.string(), get_urls: getUrlList }).optional(),
  })
  .meta({ id: 'Object' });

/** Answer of GET /objects/{objectId}. */
export interface ObjectDocument {
  readonly id: string;
  readonly referenced_by_flows: readonly string[];
  readonly first_referenced_by_flow?: string;
  readonly timerange?: string;
  readonly key_frame_count?: number;
  readonly get_urls: readonly GetUrl[];
  readonly init_object?: { readonly id: string; readonly get_urls: readonly GetUrl[] };
}
