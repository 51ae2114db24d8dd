import { z } from 'zod';
import { must } from '@tams/platform';

/** Identifier of Sources, Flows, Profiles, Storage Backends (schemas/uuid.json): lower case, RFC 9562 version 1 to 5. */
export const uuid = z
  .string('must be a string')
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'must be a lower-case UUID');

const LONGEST_TAG_NAME = 500;
const LONGEST_TAG_TEXT = 10_000;
const MOST_TAG_TEXTS = 1_000;
/** Most tags one resource has. */
export const MAXIMUM_TAGS = 1_000;

/** Name of a tag. Bodies cannot have the key `__proto__`: a tag of that name could be set by its path, and never be sent back. */
export const tagName = z
  .string()
  .min(1)
  .max(LONGEST_TAG_NAME)
  .refine((name) => name !== '__proto__', 'must not be __proto__');

/** Value of a tag: one text, or a list of texts. */
export const tagValue = z
  .union([z.string(), z.array(z.string())], 'must be a string or an array of strings')
  .superRefine((value, context) => {
    const texts = [value].flat();
    const complain = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (texts.length > MOST_TAG_TEXTS) complain(`must not hold more than ${MOST_TAG_TEXTS} values`);
    if (texts.some((text) => text.length > LONGEST_TAG_TEXT))
      complain(`must not hold a value longer than ${LONGEST_TAG_TEXT} characters`);
  })
  .meta({ id: 'TagValue', description: 'One text, or a list of texts.' });

/** Tags (schemas/tags.json): names with one text or a list of texts. */
export const tags = z
  .record(tagName, tagValue)
  .superRefine((named, context) => {
    const count = Object.keys(named).length;
    if (count > MAXIMUM_TAGS)
      context.addIssue({ code: 'custom', message: `must not be more than ${MAXIMUM_TAGS} tags, and are ${count}` });
  })
  .meta({ id: 'Tags', maxProperties: MAXIMUM_TAGS, description: 'Names with one text or a list of texts each.' });
export type Tags = z.output<typeof tags>;

/** Content formats (schemas/content-format.json). */
export const contentFormats = [
  'urn:x-nmos:format:video',
  'urn:x-tam:format:image',
  'urn:x-nmos:format:audio',
  'urn:x-nmos:format:data',
  'urn:x-nmos:format:multi',
] as const;
export const contentFormat = z.enum(contentFormats, `must be one of ${contentFormats.join(', ')}`);
export type ContentFormat = z.output<typeof contentFormat>;

/** MIME type without parameters (schemas/mime-type.json). */
export const mimeType = z
  .string()
  .regex(
    /^(application|audio|font|example|image|message|model|multipart|text|video|x-[0-9A-Za-z!#$%&'*+.^_`|~-]+)\/[0-9A-Za-z!#$%&'*+.^_`|~-]+$/,
    'must be a MIME type without parameters, for example video/mp2t',
  );

/** A comma-separated list of UUIDs in a query (schemas/uuid-list.json); an empty value gives an empty list. */
export const uuidList = z
  .string('must be given once')
  .max(40_000, 'is too long a list')
  .transform((text) => (text === '' ? [] : text.split(',')))
  .pipe(z.array(uuid));

/** A comma-separated list of labels in a query (schemas/url-label-list.json); an empty value gives an empty list. */
export const labelList = z
  .string('must be given once')
  .regex(/^([^,]+(,[^,]+)*)?$/, 'must be a comma-separated list without empty items')
  .transform((text) => (text === '' ? [] : text.split(',')));

/** Longest label, in characters: it is sorted by, so it must fit an index row. */
const LONGEST_LABEL = 500;

/** Short human-readable name shown in listings. */
export const label = z.string().max(LONGEST_LABEL, `must not be longer than ${LONGEST_LABEL} characters`);

/** Longer human-readable text shown in detailed views. */
export const description = z.string().max(100_000, 'must not be longer than 100,000 characters');

/** A whole number that JSON, JavaScript and PostgreSQL all keep exactly. */
export const wholeNumber = z.int(must('be a whole number')).nonnegative('must not be negative');
