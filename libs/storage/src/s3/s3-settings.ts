import { z } from 'zod';
import { commonSettings } from '../backends/backend-type';
import { plainUrlForms } from './s3-plain-urls';

const text = z.string('must be a text').min(1, 'must not be empty');

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((url) => !/[?#]/.test(url), 'must not have a query or fragment')
  .transform((url) => url.replace(/(?<!\/)\/+$/, ''));

/** A value that a file should not hold: `env:NAME` takes it from the environment. */
const secret = text.transform((value, context) => {
  if (!value.startsWith('env:')) return value;
  const name = value.slice('env:'.length);
  const found = process.env[name];
  if (found !== undefined && found !== '') return found;
  context.addIssue({ code: 'custom', message: `refers to the environment variable ${name}, which is not set` });
  return z.NEVER;
});

/** Settings of `type: s3`. */
export const s3Settings = z
  .strictObject({
    ...commonSettings,
    bucket: text,
    /** Where the server reaches the store; absent for AWS. */
    endpoint: httpUrl.optional(),
    /** Where clients reach it, when that is another name: presigned URLs begin with it. */
    public_endpoint: httpUrl.optional(),
    /** `https://endpoint/bucket/key` rather than `https://bucket.endpoint/key`; true unless it is AWS. */
    force_path_style: z.boolean('must be true or false').optional(),
    /** URLs without a signature, for clients with credentials of their own: none, `https://...`, or `s3://bucket/key`. */
    plain_urls: z.enum(plainUrlForms, `must be ${plainUrlForms.join(' or ')}`).default('none'),
    /** Both keys absent: the SDK's default chain. */
    access_key_id: secret.optional(),
    secret_access_key: secret.optional(),
    session_token: secret.optional(),
  })
  .superRefine((settings, context) => {
    for (const [given, needed] of [
      ['access_key_id', 'secret_access_key'],
      ['secret_access_key', 'access_key_id'],
      ['session_token', 'access_key_id'],
    ] as const) {
      if (settings[given] && !settings[needed]) {
        context.addIssue({ code: 'custom', path: [needed], message: `is needed beside ${given}` });
      }
    }
  });

/** Checked settings of an S3 backend. */
export type S3Settings = z.output<typeof s3Settings>;
