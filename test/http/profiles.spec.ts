import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { QueryRunner } from 'typeorm';
import { ProfileFields1764000000000 } from '../../libs/migrations/src/1764000000000-profile-fields';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;
interface Problem {
  readonly type: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const video = {
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  container: 'video/mp2t',
  essence_parameters: { frame_width: 1280, frame_height: 720, frame_rate: { numerator: 25 } },
};
const audio = {
  format: 'urn:x-nmos:format:audio',
  codec: 'audio/aac',
  essence_parameters: { sample_rate: 48000, channels: 2 },
};

/** What a Flow or the server says of a Flow, and no Profile may. */
const flowOwned: Json = {
  id: '11111111-1111-4111-8111-111111111111',
  source_id: '11111111-1111-4111-8111-111111111111',
  label: 5,
  description: ['x'],
  tags: { auth_classes: ['theirs'] },
  read_only: 'perhaps',
  status: 7,
  generation: 'many',
  max_bit_rate: 'fast',
  created: '2020-01-01T00:00:00Z',
  metadata_updated: '2020-01-01T00:00:00Z',
  segments_updated: '2020-01-01T00:00:00Z',
  timerange: '[0:0_9:0)',
  collected_by: ['11111111-1111-4111-8111-111111111111'],
  created_by: 'somebody else',
  updated_by: 'somebody else',
};

const path = '/service/profiles';

let tams: TestServer;

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

async function create(profile: Json = {}): Promise<string> {
  const id = randomUUID();
  const answer = await tams.client.post(`${path}/${id}`, { id, flow_metadata: video, ...profile });
  expect(answer.status).toBe(201);
  return id;
}

async function refusal(body: unknown, id: string = randomUUID()): Promise<unknown[]> {
  const answer = await tams.client.post<Problem>(`${path}/${id}`, body);
  return [answer.status, ...(answer.body.errors ?? []).map((error) => error.path)];
}

describe('a profile', () => {
  it('is created, answered as it is kept, and read back', async () => {
    const id = randomUUID();
    const profile = {
      id,
      label: 'Proxy',
      description: 'Small',
      created_by: 'me',
      tags: { a: 'b', c: ['d'] },
      flow_metadata: { ...video, vendor: 'kept' },
    };
    const answer = await tams.client.post<Json>(`${path}/${id}`, {
      ...profile,
      created: '2008-05-27T18:51:00Z',
      unknown: 1,
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ ...profile, created: expect.any(String) as string });
    expect(Math.abs(Date.parse(answer.body['created'] as string) - Date.now())).toBeLessThan(60_000);
    expect((await tams.client.get(`${path}/${id}`)).body).toEqual(answer.body);
    expect((await tams.client.head(`${path}/${id}`)).status).toBe(200);
  });

  it('needs no more than an id and metadata', async () => {
    const id = await create({ flow_metadata: audio });
    const { body } = await tams.client.get<Json>(`${path}/${id}`);
    expect(Object.keys(body).sort()).toEqual(['created', 'flow_metadata', 'id']);
    expect(body['flow_metadata']).toEqual(audio);
  });

  it('never changes', async () => {
    const id = await create({ label: 'First' });
    const again = await tams.client.post<Problem>(`${path}/${id}`, { id, label: 'Second', flow_metadata: video });
    expect([again.status, again.body.type]).toEqual([400, 'urn:x-tams:problem:profile-exists']);
    expect((await tams.client.get<Json>(`${path}/${id}`)).body['label']).toBe('First');
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await tams.client.send(method, `${path}/${id}`, undefined);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    }
  });

  it('is created once, however many try at once', async () => {
    const id = randomUUID();
    const body = { id, flow_metadata: video };
    const answers = await Promise.all(Array.from({ length: 8 }, () => tams.client.post(`${path}/${id}`, body)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 400, 400, 400, 400, 400, 400, 400]);
  });

  it('is refused with another id than its address', async () => {
    expect(await refusal({ id: randomUUID(), flow_metadata: video })).toEqual([400, 'body.id']);
  });

  it.each<[string, Json, string]>([
    ['no metadata', { flow_metadata: undefined }, 'body.flow_metadata'],
    [
      'metadata of several essences',
      { flow_metadata: { format: 'urn:x-nmos:format:multi' } },
      'body.flow_metadata.format',
    ],
    ['video without a codec', { flow_metadata: { ...video, codec: undefined } }, 'body.flow_metadata.codec'],
    [
      'audio with a frame width',
      { flow_metadata: { ...audio, essence_parameters: { sample_rate: 1, channels: 1, frame_width: 1 } } },
      'body.flow_metadata.essence_parameters',
    ],
    ['a tag that is a number', { tags: { a: 5 } }, 'body.tags.a'],
    ...[...Object.keys(flowOwned), 'flow_collection', 'profile_id', 'metadata_version'].map(
      (field): [string, Json, string] => [
        `a Flow's own ${field}`,
        { flow_metadata: { ...video, [field]: flowOwned[field] ?? 'any' } },
        `body.flow_metadata.${field}`,
      ],
    ),
    ['a label that is none', { label: null }, 'body.label'],
  ])('is refused with %s, naming the field', async (_, change, field) => {
    const id = randomUUID();
    expect(await refusal({ id, flow_metadata: video, ...change }, id)).toEqual([400, field]);
  });

  it.each(['POST', 'GET'])('has no address that is not a UUID (%s)', async (method) => {
    const answer = await tams.client.send<Problem>(
      method,
      `${path}/not-a-uuid`,
      method === 'POST' ? { id: 'not-a-uuid', flow_metadata: video } : undefined,
    );
    expect(answer.status).toBe(404);
  });

  it('is not there before it is created', async () => {
    const answer = await tams.client.get<Problem>(`${path}/${randomUUID()}`);
    expect([answer.status, answer.body.type]).toEqual([404, 'urn:x-tams:problem:profile-not-found']);
  });
});

describe('a profile that an older version kept unchecked', () => {
  /** Past every check of today. */
  async function kept(metadata: Json): Promise<string> {
    const id = randomUUID();
    const database = new Client({ connectionString: tams.databaseUrl });
    await database.connect();
    await database.query('INSERT INTO profiles (id, flow_metadata) VALUES ($1, $2)', [id, { ...video, ...metadata }]);
    await database.end();
    return id;
  }

  it('gives a Flow technical metadata and nothing else', async () => {
    const profile_id = await kept({ ...flowOwned, vendor: 'kept' });
    const flow = { id: randomUUID(), source_id: randomUUID(), profile_id, label: 'Mine' };
    const made = await tams.client.put<Json>(`/flows/${flow.id}`, flow);
    expect(made.status).toBe(201);
    const { body } = await tams.client.get<Json>(`/flows/${flow.id}`);
    expect(body).toEqual({
      ...flow,
      ...video,
      vendor: 'kept',
      metadata_version: expect.any(String) as string,
      created: expect.any(String) as string,
      metadata_updated: expect.any(String) as string,
    });
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(204);
  });

  it('and breaks the rules of Flows is refused with every Flow that names it', async () => {
    const profile_id = await kept({ essence_parameters: { frame_width: 'wide' } });
    const flow = { id: randomUUID(), source_id: randomUUID(), profile_id };
    const answer = await tams.client.put<Problem>(`/flows/${flow.id}`, flow);
    expect([answer.status, answer.body.type, answer.body.errors?.[0]?.path]).toEqual([
      400,
      'urn:x-tams:problem:profile-unusable',
      'body.profile_id',
    ]);
  });
});

it('keeps nothing that a Flow says of itself once its migration has run', async () => {
  const [profileId, flowId, sourceId] = [randomUUID(), randomUUID(), randomUUID()];
  const database = new Client({ connectionString: tams.databaseUrl });
  await database.connect();
  const forged = Object.fromEntries(Object.entries(flowOwned).filter(([field]) => field !== 'read_only'));
  await database.query('INSERT INTO profiles (id, flow_metadata) VALUES ($1, $2)', [
    profileId,
    { ...video, ...forged },
  ]);
  await database.query('INSERT INTO sources (id, format) VALUES ($1, $2)', [sourceId, video.format]);
  await database.query(`INSERT INTO flows (id, source_id, document, metadata_version) VALUES ($1, $2, $3, '1')`, [
    flowId,
    sourceId,
    { ...video, ...forged, profile_id: profileId, tags: { kept: 'yes' } },
  ]);
  await new ProfileFields1764000000000().up(database as unknown as QueryRunner);
  await database.end();
  const profile = await tams.client.get<Json>(`${path}/${profileId}`);
  expect(profile.body['flow_metadata']).toEqual(video);
  const { body } = await tams.client.get<Json>(`/flows/${flowId}`);
  expect(body).toMatchObject({ id: flowId, source_id: sourceId, ...video, tags: { kept: 'yes' } });
  for (const field of ['label', 'description', 'status', 'generation', 'max_bit_rate', 'timerange', 'collected_by']) {
    expect(body).not.toHaveProperty(field);
  }
});

describe('the listing of profiles', () => {
  it('filters by format, codec and label, all of which must match', async () => {
    const label = randomUUID();
    const ids = [
      await create({ label }),
      await create({ label, flow_metadata: { ...video, codec: 'video/hevc' } }),
      await create({ label, flow_metadata: audio }),
    ];
    const listed = async (query: Record<string, string>): Promise<unknown[]> =>
      (await tams.client.get<Json[]>(path, { query: { label, ...query } })).body.map((profile) => profile['id']);
    expect(await listed({})).toEqual(ids.toReversed());
    expect(await listed({ format: 'urn:x-nmos:format:audio' })).toEqual([ids[2]]);
    expect(await listed({ codec: 'video/hevc' })).toEqual([ids[1]]);
    expect(await listed({ codec: 'video/hevc', format: 'urn:x-nmos:format:audio' })).toEqual([]);
    expect((await tams.client.head(path, { query: { label } })).status).toBe(200);
  });

  it('pages without losing or repeating any while others are added', async () => {
    const label = randomUUID();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await create({ label }));
    const found: unknown[] = [];
    for await (const page of tams.client.pages<Json[]>(path, { query: { label, limit: 2 } })) {
      found.push(...page.body.map((profile) => profile['id']));
      await create({ label });
    }
    expect(found).toEqual(ids.toReversed());
  });

  it.each([
    ['format', 'video'],
    ['codec', 'h264'],
    ['limit', '-1'],
    ['page', 'nonsense'],
  ])('refuses %s=%s', async (name, value) => {
    const answer = await tams.client.get<Problem>(path, { query: { [name]: value } });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, `query.${name}`]);
  });
});
