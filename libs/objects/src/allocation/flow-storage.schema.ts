import { mimeType, uuid } from '@tams/model';
import { documentedAs, must } from '@tams/platform';
import { z } from 'zod';
import { objectId } from '../object.schema';
import { checksumAlgorithms, type PutRequest } from '@tams/storage';

const DEFAULT_OBJECTS = 100;
const MAXIMUM_OBJECTS = 1000;
/** Most identifiers one request brings; each becomes a row and a URL. */
const MAXIMUM_OBJECT_IDS = 10_000;

const objectIds = z
  .array(objectId, 'must be an array of object identifiers')
  .max(MAXIMUM_OBJECT_IDS, `must be at most ${MAXIMUM_OBJECT_IDS} identifiers; send several requests`)
  .superRefine((ids, context) => {
    const seen = new Set<string>();
    ids.forEach((id, index) => {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: [index], message: 'is in the list more than once' });
      seen.add(id);
    });
  });

const checksumAlgorithm = z
  .enum(keysOf(checksumAlgorithms), must(`be one of ${keysOf(checksumAlgorithms).join(', ')}`))
  .meta({ description: 'How `checksum` was computed.' });

const uploadChecksum = z
  .object(
    {
      algorithm: checksumAlgorithm,
      checksum: z
        .string(must('be a checksum in base64'))
        .meta({ description: 'Of the bytes that will be uploaded, in base64.' }),
    },
    'must be a JSON object',
  )
  .refine(({ algorithm, checksum }) => isBase64Of(checksum, checksumAlgorithms[algorithm].bytes), {
    path: ['checksum'],
    message: 'must be base64 of as many bytes as checksums of its algorithm have',
  })
  .meta({ id: 'UploadChecksum' });

function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}

function isBase64Of(text: string, bytes: number): boolean {
  return Buffer.from(text, 'base64').length === bytes && Buffer.from(text, 'base64').toString('base64') === text;
}

const storageRequest = z
  .object(
    {
      limit: z
        .int(must('be a whole number'))
        .min(1, 'must be at least 1')
        .transform((limit) => Math.min(limit, MAXIMUM_OBJECTS))
        .optional()
        .meta({ description: `How many objects to allocate; default ${DEFAULT_OBJECTS}, at most ${MAXIMUM_OBJECTS}.` }),
      object_ids: objectIds
        .optional()
        .meta({ description: 'Identifiers to use instead of new ones; none may be in use.' }),
      storage_id: uuid.optional().meta({ description: 'Storage backend to allocate in; otherwise the default one.' }),
      content_type: mimeType.optional().meta({
        description: 'Content type of the objects, for initialisation segments that differ from the Flow `container`.',
      }),
      'content-type': mimeType.optional().meta({
        description: 'The same as `content_type`, as application note 0024 spells it.',
      }),
      checksums: z
        .array(uploadChecksum, 'must be an array of checksums')
        .min(1, 'must have at least one checksum')
        .max(MAXIMUM_OBJECT_IDS, `must be at most ${MAXIMUM_OBJECT_IDS} checksums; send several requests`)
        .optional()
        .meta({
          description:
            'An extension of this server: what the bytes of each object will have, in the order of `object_ids` or of the answer. It becomes a header in `put_url.headers`, which a presigned URL is signed for.',
        }),
      presigned: z
        .boolean('must be true or false')
        .default(true)
        .meta({ description: 'Whether the `put_url`s are presigned; default true.' }),
    },
    'must be a JSON object',
  )
  .refine((body) => body.limit === undefined || body.object_ids === undefined, {
    path: ['limit'],
    message: 'must not be given together with object_ids',
  })
  .refine((body) => agrees(body.checksums?.length, body.object_ids?.length ?? body.limit), {
    path: ['checksums'],
    message: 'must have one checksum for each object',
  })
  .refine((body) => !contradictory(body.content_type, body['content-type']), {
    path: ['content-type'],
    message: 'must be the same as content_type, or absent',
  })
  .meta({ id: 'FlowStoragePost', not: { required: ['limit', 'object_ids'] } });

function agrees(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function contradictory(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** Body of POST /flows/{flowId}/storage (schemas/flow-storage-post.json); no body at all asks for the defaults. */
export const flowStoragePost = documentedAs(
  storageRequest
    .transform(({ 'content-type': spelling, ...body }) => ({
      ...body,
      content_type: body.content_type ?? spelling,
      limit: body.limit ?? body.checksums?.length ?? DEFAULT_OBJECTS,
    }))
    .prefault({}),
  storageRequest,
);

/** A checked request for storage. */
export type FlowStoragePost = z.output<typeof flowStoragePost>;

const putRequest = z
  .object({
    url: z.string().meta({ description: 'Where to PUT the bytes.' }),
    'content-type': z.string().meta({ description: 'The `Content-Type` the upload must have.' }),
    headers: z.record(z.string(), z.string()).optional().meta({ description: 'Further headers to send.' }),
  })
  .meta({ description: 'The request that uploads the object (schemas/http-request.json).' });

/** Answer of POST /flows/{flowId}/storage (schemas/flow-storage.json). */
export const flowStorage = z
  .object({
    media_objects: z.array(
      z.object({
        object_id: z.string().meta({ description: 'Identifier to register the object with.' }),
        put_url: putRequest,
        presigned: z
          .boolean()
          .optional()
          .meta({ description: 'Whether the URL is presigned; otherwise send your credentials along.' }),
      }),
    ),
  })
  .meta({ id: 'FlowStorage' });

/** One object a client may now upload. */
export interface MediaObject {
  readonly object_id: string;
  readonly put_url: PutRequest;
  readonly presigned: boolean;
}

/** A checked answer, ready to be sent. */
export interface FlowStorage {
  readonly media_objects: readonly MediaObject[];
}
