import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration, ConfigurationError } from '@tams/platform';
import { loggerFor } from '@tams/telemetry';
import { readBackendPlans } from './backend-plans';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-backends-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function fileOf(content: string): Promise<string> {
  const file = join(directory, `${Math.random()}.yaml`);
  await writeFile(file, content);
  return file;
}

async function mistakesOf(content: string): Promise<string[]> {
  const file = await fileOf(content);
  const error: unknown = await readBackendPlans({ storageBackendsFile: file, s3: undefined }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigurationError)) throw new Error('The file was accepted.');
  return error.mistakes.map((mistake) => mistake.replace(`STORAGE_BACKENDS_FILE ${file} `, ''));
}

it('reports every mistake at once, with its line and path', async () => {
  expect(
    await mistakesOf(`
- { type: filesystem, label: "a,b", default_storage: maybe }
- type: floppy
- type: s3
  label: cloud
  bucket: ""
  endpoint: ftp://s3.example.com
  access_key_id: env:TAMS_TEST_UNSET
  tags: { tier: 5 }
  force_path_style: yes please
  plain_urls: ftp
- { type: filesystem, id: X, colour: red }
- { type: s3, id: 33333333-3333-4333-8333-333333333333, access_key_id: AKIA, bucket: media }
`),
  ).toEqual([
    'line 2: [0].label must not contain a comma',
    'line 2: [0].default_storage must be true or false',
    'line 3: [1].type must be filesystem or s3, not floppy',
    expect.stringMatching(/^line 9: \[2\]\.tags\.tier /),
    'line 6: [2].bucket must not be empty',
    'line 7: [2].endpoint must be an http or https URL',
    'line 10: [2].force_path_style must be true or false',
    'line 11: [2].plain_urls must be none or http or s3',
    'line 8: [2].access_key_id refers to the environment variable TAMS_TEST_UNSET, which is not set',
    'line 12: [3].id must be a lower-case UUID',
    'line 12: [3].colour is not a setting of this type',
    'line 13: [4].secret_access_key is needed beside access_key_id',
    'line 3: [1].id is needed: only one backend may go without',
    'line 4: [2].id is needed: only one backend may go without',
  ]);
});

it('reports backends that clash', async () => {
  expect(
    await mistakesOf(`
- { type: filesystem, label: one, id: 11111111-1111-4111-8111-111111111111, default_storage: true }
- { type: filesystem, label: two, default_storage: true }
- { type: s3, label: one, id: 11111111-1111-4111-8111-111111111111, bucket: media }
- { type: s3, label: three, bucket: media }
`),
  ).toEqual([
    'line 4: [2].id is the id of [0] already',
    'line 4: [2].label is the label of [0] already',
    'line 3: [1].default_storage is true for another backend already',
    'line 5: [3].id is needed: only one backend may go without',
  ]);
});

it('takes secrets from the environment, and warns of those in the file', async () => {
  const warn = jest.spyOn(loggerFor('StorageBackends'), 'warn').mockImplementation();
  process.env['TAMS_TEST_SECRET'] = 'from the environment';
  try {
    const file = await fileOf(`[
      { "type": "s3", "bucket": "one", "access_key_id": "A", "secret_access_key": "env:TAMS_TEST_SECRET" },
      { "type": "s3", "id": "11111111-1111-4111-8111-111111111111", "bucket": "two", "access_key_id": "A", "secret_access_key": "in the file" }
    ]`);
    const plans = await readBackendPlans({ storageBackendsFile: file, s3: undefined });
    expect(plans).toEqual([
      expect.objectContaining({ secret_access_key: 'from the environment' }),
      expect.objectContaining({ secret_access_key: 'in the file' }),
    ]);
    expect(warn.mock.calls.flat()).toEqual([
      `STORAGE_BACKENDS_FILE ${file} line 3: [1].secret_access_key stands in the file for everyone who can read it; write env:NAME to take it from the environment`,
    ]);
  } finally {
    warn.mockRestore();
    delete process.env['TAMS_TEST_SECRET'];
  }
});

it('makes a single S3 backend of the S3 variables', async () => {
  const plans = await readBackendPlans(
    new Configuration({ S3_BUCKET: 'media', S3_ENDPOINT: 'https://s3.example.com/', S3_FORCE_PATH_STYLE: 'false' }),
  );
  expect(plans).toEqual([
    expect.objectContaining({
      label: 's3',
      default_storage: true,
      bucket: 'media',
      endpoint: 'https://s3.example.com',
      force_path_style: false,
    }),
  ]);
});

it('names the S3 variables that are wrong', async () => {
  expect(() => new Configuration({ S3_REGION: 'x', S3_LABEL: 'y' })).toThrow(/S3_REGION means.*\n.*S3_LABEL means/);
  expect(() => new Configuration({ S3_BUCKET: 'x', STORAGE_BACKENDS_FILE: 'y' })).toThrow(/S3_BUCKET must not be set/);
  await expect(readBackendPlans(new Configuration({ S3_BUCKET: 'media', S3_ACCESS_KEY_ID: 'x' }))).rejects.toThrow(
    'S3_SECRET_ACCESS_KEY is needed beside access_key_id',
  );
});

it.each([
  ['[]', 'line 1: the file must list at least one'],
  ['just: a mapping', 'must be a list of storage backends'],
  ['- "text"', 'must be a mapping with a `type`'],
  ['- {\n- {', 'line 2: '],
])('refuses a file that says %s', async (content, mistake) => {
  expect((await mistakesOf(content)).join()).toContain(mistake);
});

it('says when the file is missing', async () => {
  await expect(readBackendPlans({ storageBackendsFile: join(directory, 'none.yaml'), s3: undefined })).rejects.toThrow(
    /STORAGE_BACKENDS_FILE .*none\.yaml cannot be read: ENOENT/,
  );
});
