import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { startTestServer } from '../support/test-server';

const run = promisify(execFile);
const require = createRequire(join(process.cwd(), 'package.json'));

/** What each statement may use: the bodies of requests as `openapi-typescript` writes them. */
const preamble = `
import type { components, operations, paths } from './tams';
type Body<Name extends keyof operations> = operations[Name] extends { requestBody?: { content: { 'application/json': infer Json } } } ? Json : never;
type FlowBody = Body<'PUT_flows-flowId'>;
type StorageBody = Body<'POST_flows-flowId-storage'>;
type SegmentBody = Body<'POST_flows-flowId-segments'>;
type Schemas = components['schemas'];
const id = '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34', source_id = '2aa143ac-0ab7-4d75-bc32-5c00c13d186f';
declare const flow: Schemas['Flow'];
declare const storage: Schemas['FlowStorage'];
declare const segment: Schemas['FlowSegment'];
`;

const h264 = `format: 'urn:x-nmos:format:video', codec: 'video/h264', container: 'video/mp2t',
  essence_parameters: { frame_width: 1920, frame_height: 1080, frame_rate: { numerator: 25 } }`;

const right = {
  'a video Flow': `const x: FlowBody = { id, source_id, label: 'Camera 1', segment_duration: { numerator: 6 }, ${h264} };`,
  'an audio Flow': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:audio', codec: 'audio/aac', essence_parameters: { sample_rate: 48000, channels: 2 } };`,
  'an image Flow': `const x: FlowBody = { id, source_id, format: 'urn:x-tam:format:image', codec: 'image/jpeg', essence_parameters: { frame_width: 1, frame_height: 1 } };`,
  'a data Flow': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:data', codec: 'application/ttml+xml', essence_parameters: {} };`,
  'a multi Flow': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:multi', flow_collection: [{ id, role: 'video' }] };`,
  'a Flow made from a Profile': `const x: FlowBody = { id, source_id, profile_id: id, tags: { genre: ['news'] } };`,
  'a Flow that leaves its Profile': `const x: FlowBody = { id, source_id, profile_id: '', ${h264} };`,
  'storage by number': `const x: StorageBody = { limit: 10 };`,
  'storage by name': `const x: StorageBody = { object_ids: ['a/b.ts'], content_type: 'video/mp4', presigned: false };`,
  'a webhook': `const x: Body<'POST_webhooks'> = { url: 'https://hook.example.com', events: ['flows/created'] };`,
  'one segment': `const x: SegmentBody = { object_id: 'a', timerange: '[0:0_1:0)' };`,
  'many segments': `const x: SegmentBody = [{ object_id: 'a', timerange: '[0:0_1:0)', key_frame_count: 1 }];`,
  'reading a Flow by its format': `if (flow.format === 'urn:x-nmos:format:audio') { const rate: number = flow.essence_parameters.sample_rate; void rate; }`,
  'reading places to upload to': `const url: string | undefined = storage.media_objects?.[0]?.put_url.url; void url;`,
  'reading a segment': `const url: string | undefined = segment.get_urls?.[0]?.url; void url;`,
  'a query': `const x: NonNullable<paths['/flows']['get']['parameters']['query']> = { format: 'urn:x-nmos:format:video', limit: 10, 'tag.{name}': 'news' };`,
};

const wrong = {
  'a codec that is a number': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:video', codec: 42, essence_parameters: { frame_width: 1, frame_height: 1 } };`,
  'a misspelt property': `const x: FlowBody = { id, source_id, lable: 'Camera 1', ${h264} };`,
  'a misspelt essence parameter': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:audio', codec: 'audio/aac', essence_parameters: { samplerate: 48000, sample_rate: 1, channels: 2 } };`,
  'an unknown format': `const x: FlowBody = { id, source_id, format: 'video', codec: 'video/h264', essence_parameters: { frame_width: 1, frame_height: 1 } };`,
  'a video Flow without its picture': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:video', codec: 'video/h264' };`,
  'an audio Flow with a picture': `const x: FlowBody = { id, source_id, format: 'urn:x-nmos:format:audio', codec: 'audio/aac', essence_parameters: { frame_width: 1, frame_height: 1 } };`,
  'a Flow without technical metadata or Profile': `const x: FlowBody = { id, source_id };`,
  'a Flow of a Profile with a codec of its own': `const x: FlowBody = { id, source_id, profile_id: id, codec: 'video/h264' };`,
  'a Flow without a Source': `const x: FlowBody = { id, ${h264} };`,
  'an unknown status': `const x: FlowBody = { id, source_id, status: 'done', ${h264} };`,
  'a tag that is a number': `const x: FlowBody = { id, source_id, tags: { take: 3 }, ${h264} };`,
  'a limit that is a text': `const x: StorageBody = { limit: '10' };`,
  'an object identifier that is a number': `const x: StorageBody = { object_ids: [1] };`,
  'a misspelt storage option': `const x: StorageBody = { object_id: ['a'] };`,
  'a segment without a timerange': `const x: SegmentBody = { object_id: 'a' };`,
  'a misspelt segment property': `const x: SegmentBody = { object_id: 'a', timerange: '_', ts_ofset: '0:0' };`,
  'a wrong segment in a list': `const x: SegmentBody = [{ object_id: 'a', timerange: 5 }];`,
  'reading what a Flow does not have': `flow.lable;`,
  'reading a picture without asking for the format': `flow.essence_parameters.frame_width;`,
  'reading what storage does not have': `storage.objects;`,
  'an unknown query parameter': `const x: NonNullable<paths['/flows']['get']['parameters']['query']> = { formt: 'urn:x-nmos:format:video' };`,
  'a query parameter with a wrong value': `const x: NonNullable<paths['/flows']['get']['parameters']['query']> = { format: 'video' };`,
};

/** The generator, the linter and the compiler each take seconds of a whole processor, and share it with other tests. */
jest.setTimeout(300_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tams-generated-client-'));
  const tams = await startTestServer();
  const document = await (await fetch(`${tams.url}/openapi.json`)).text();
  await tams.stop();
  await writeFile(join(folder, 'openapi.json'), document);
  const generator = join(dirname(require.resolve('openapi-typescript/package.json')), 'bin/cli.js');
  await run(process.execPath, [generator, join(folder, 'openapi.json'), '-o', join(folder, 'tams.ts')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Which statements do not compile under `--strict`, with the compiler's first complaint of each. */
async function refusals(statements: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const files = await Promise.all(
    Object.entries(statements).map(async ([name, statement], index) => {
      const file = join(folder, `call-${index}.ts`);
      await writeFile(file, `${preamble}\n{ ${statement} }\n`);
      return [name, file] as const;
    }),
  );
  const program = ts.createProgram(
    files.map(([, file]) => file),
    { strict: true, noEmit: true, types: [], lib: ['lib.es2022.d.ts'], target: ts.ScriptTarget.ES2022 },
  );
  return Object.fromEntries(
    files.flatMap(([name, file]) => {
      // What the preamble says wrong is a mistake of this test, not of the statement.
      const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
      expect(found.filter(({ start = 0 }) => start < preamble.length)).toEqual([]);
      const [first] = found;
      return first ? [[name, ts.flattenDiagnosticMessageText(first.messageText, ' ')]] : [];
    }),
  );
}

describe('linters', () => {
  it('find nothing in the document that is not excused in redocly.yaml', async () => {
    const linter = join(dirname(require.resolve('@redocly/cli/package.json')), 'bin/cli.js');
    const config = join(process.cwd(), 'redocly.yaml');
    const { stdout } = await run(
      process.execPath,
      [linter, 'lint', join(folder, 'openapi.json'), '--config', config, '--format', 'json'],
      { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }, maxBuffer: 1 << 26 },
    ).catch((error: unknown) => error as { stdout: string });
    const { problems } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      problems: { ruleId: string; message: string; location: { pointer: string }[] }[];
    };
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`),
    ).toEqual([]);
  });
});

describe('a client generated by openapi-typescript from /openapi.json, compiled under --strict', () => {
  it('compiles what the server accepts', async () => {
    expect(await refusals(right)).toEqual({});
  });

  it('does not compile what the server refuses or does not have', async () => {
    const refused = await refusals(wrong);
    expect(Object.keys(wrong).filter((name) => !(name in refused))).toEqual([]);
  });
});
