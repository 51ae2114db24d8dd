import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { multiFlow, videoFlow } from '../support/flow-fixtures';
import { ClassServer } from './support/class-world';

/** Who may create what, change classes, join Sources, and reach which storage backend. */

let server: ClassServer;
let directory: string;
const OPEN = '11111111-1111-4111-8111-111111111111';
const SPORT = '22222222-2222-4222-8222-222222222222';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-classes-'));
  const backend = (id: string, label: string, more: object) => ({
    id,
    label,
    type: 'filesystem',
    directory: join(directory, label),
    ...more,
  });
  const backends = [
    backend(OPEN, 'open', { default_storage: true }),
    backend(SPORT, 'sport', { tags: { auth_classes: ['sport'] } }),
  ];
  await writeFile(join(directory, 'backends.yaml'), JSON.stringify(backends));
  server = await ClassServer.start({ STORAGE_BACKENDS_FILE: join(directory, 'backends.yaml') });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const classesOf = async (path: string): Promise<unknown> =>
  ((await server.make('GET', path)).body['tags'] as Record<string, unknown> | undefined)?.['auth_classes'];

describe('creating', () => {
  it('needs a class of one’s own, so that nobody loses what they made', async () => {
    for (const tags of [undefined, {}, { auth_classes: ['news'] }, { auth_classes: [] }]) {
      const flow = videoFlow({ tags });
      const answer = await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
      expect([answer.status, answer.body['type']]).toEqual([403, 'urn:x-tams:problem:own-class-missing']);
      expect(answer.body['detail']).toContain('yours are sport');
      expect((await server.as('administrator', 'GET', `/flows/${flow.id}`)).status).toBe(404);
    }
  });

  it('gives a new Source the classes of its first Flow', async () => {
    const flow = videoFlow({ tags: { auth_classes: ['sport'] } });
    const answer = await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    expect([answer.status, answer.body['id']]).toEqual([201, flow.id]);
    expect(await classesOf(`/sources/${flow.source_id}`)).toEqual(['sport']);
  });

  it('under a Source there is needs the right to write that Source', async () => {
    const { source_id } = await server.flow(['sport']);
    const under = async (caller: string, own: string) => {
      const flow = videoFlow({ source_id, tags: { auth_classes: [own] } });
      return server.as(caller, 'PUT', `/flows/${flow.id}`, flow);
    };
    const hidden = await under('none', 'news');
    expect([hidden.status, hidden.body['type']]).toEqual([404, 'urn:x-tams:problem:source-not-found']);
    expect((await under('both', 'news')).body['type']).toBe('urn:x-tams:problem:class-right-missing');
    expect((await under('write', 'sport')).status).toBe(201);
  });

  it('never tells the format of a Source that is hidden', async () => {
    const { source_id } = await server.flow(['sport']);
    const flow = multiFlow([], { source_id, tags: { auth_classes: ['news'] } });
    const answer = await server.as('none', 'PUT', `/flows/${flow.id}`, flow);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('video');
  });
});

it('lets an ingester who may only write do all of an ingest', async () => {
  const put = (flow: { id: string }) => server.as('write', 'PUT', `/flows/${flow.id}`, flow);
  const tags = { auth_classes: ['sport'] };
  const essence_parameters = { frame_rate: { numerator: 25 }, frame_width: 16, frame_height: 9, init_segments: true };
  const video = videoFlow({ tags, container: 'video/mp4', essence_parameters });
  const multi = multiFlow([{ id: video.id, role: 'video' }], { tags });
  expect([(await put(video)).status, (await put(multi)).status]).toEqual([201, 201]);
  const storage = await server.as('write', 'POST', `/flows/${video.id}/storage`, { limit: 3 });
  const [init, ...media] = (storage.body['media_objects'] as { object_id: string }[]).map(({ object_id }) => object_id);
  for (const [index, object_id] of media.entries()) {
    const segment = { object_id, init_object_id: init, timerange: `[${index}:0_${index + 1}:0)` };
    expect((await server.as('write', 'POST', `/flows/${video.id}/segments`, segment)).text).toBe('');
  }
  expect((await server.make('GET', `/flows/${multi.id}`)).body['flow_collection']).toEqual(multi['flow_collection']);
});

describe('changing auth_classes', () => {
  it.each(['flows', 'sources'])('of %s needs what the changed classes permit anybody', async (kind) => {
    const flow = await server.flow(['sport']);
    const path = `/${kind}/${kind === 'flows' ? flow.id : flow.source_id}`;
    // `news` lets its administrators delete: who may only write gives that to nobody, nor takes `sport` from anybody.
    for (const classes of [['sport', 'news'], ['news'], []]) {
      const answer = await server.as('write', 'PUT', `${path}/tags/auth_classes`, classes);
      expect([answer.status, answer.body['type']]).toEqual([403, 'urn:x-tams:problem:class-right-missing']);
      expect(answer.body['detail']).toContain('read and delete');
    }
    expect((await server.as('write', 'DELETE', `${path}/tags/auth_classes`)).status).toBe(403);
    expect(await classesOf(path)).toEqual(['sport']);
    // The same list again, or a class that permits nobody anything, changes nothing that matters.
    expect((await server.as('write', 'PUT', `${path}/tags/auth_classes`, ['sport', 'archive-2019'])).status).toBe(204);
    expect((await server.as('class-admin', 'PUT', `${path}/tags/auth_classes`, ['sport', 'news'])).status).toBe(204);
    expect((await server.as('none', 'GET', path)).status).toBe(200);
    expect((await server.as('class-admin', 'DELETE', `${path}/tags/auth_classes`)).status).toBe(204);
    expect((await server.as('class-admin', 'GET', path)).status).toBe(404);
    expect((await server.as('administrator', 'GET', path)).status).toBe(200);
  });

  it('by replacing the whole Flow is the same change', async () => {
    const flow = await server.flow(['sport']);
    for (const tags of [{ auth_classes: ['sport', 'news'] }, {}, undefined])
      expect((await server.as('write', 'PUT', `/flows/${flow.id}`, { ...flow, tags })).status).toBe(403);
    expect((await server.as('write', 'PUT', `/flows/${flow.id}`, { ...flow, label: 'new' })).status).toBe(204);
  });

  it('of a webhook needs them too', async () => {
    const { webhookId } = await server.world();
    const webhook = { id: webhookId, url: 'http://127.0.0.1:9/', events: [], status: 'disabled' };
    const put = async (caller: string, classes: readonly string[]) =>
      (
        await server.as(caller, 'PUT', `/service/webhooks/${webhookId}`, {
          ...webhook,
          tags: { auth_classes: classes },
        })
      ).status;
    expect(await put('write', ['sport', 'news'])).toBe(403);
    expect(await put('write', ['sport'])).toBe(201);
    expect(await put('class-admin', ['sport', 'news'])).toBe(201);
  });

  it('counts a right only when the credentials claim its scope', async () => {
    const flow = await server.flow(['sport']);
    const scope = 'tams-api/read tams-api/write';
    const token = await server.auth.issuer.token({ claims: { sub: 'x', scope, groups: ['group-class-admin'] } });
    const headers = { authorization: `Bearer ${token}` };
    const send = async (path: string, body: unknown) => (await server.auth.send('PUT', path, { headers, body })).status;
    expect(await send(`/flows/${flow.id}/label`, 'x')).toBe(204);
    expect(await send(`/flows/${flow.id}/tags/auth_classes`, ['sport', 'news'])).toBe(403);
  });
});

describe('a storage backend with auth_classes', () => {
  const storageIds = (urls: unknown): unknown[] =>
    (urls as { storage_id: string }[]).map(({ storage_id }) => storage_id);

  it('shows its URLs to whom may read its classes, those without classes to everybody', async () => {
    const flow = await server.flow(['sport', 'news']);
    const objectId = await server.object(flow.id);
    await server.database.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [
      objectId,
      SPORT,
    ]);
    for (const [caller, expected] of [
      ['none', [OPEN]],
      ['read', [OPEN, SPORT]],
      ['administrator', [OPEN, SPORT]],
    ] as const) {
      const object = (await server.as(caller, 'GET', `/objects/${objectId}?presigned=true&verbose_storage=true`)).body;
      expect(storageIds(object['get_urls'])).toEqual(expected);
      const listed = await server.as(caller, 'GET', `/flows/${flow.id}/segments?presigned=true&verbose_storage=true`);
      expect(storageIds((listed.body as unknown as { get_urls: unknown }[])[0]!.get_urls)).toEqual(expected);
    }
  });

  it('takes media of whom may write its classes', async () => {
    const flow = await server.flow(['sport', 'news']);
    const allocate = (caller: string, storage_id: string) =>
      server.as(caller, 'POST', `/flows/${flow.id}/storage`, { limit: 1, storage_id });
    const absent = '99999999-9999-4999-8999-999999999999';
    const [hidden, unknown] = [await allocate('none', SPORT), await allocate('none', absent)];
    expect([hidden.status, hidden.body['detail']]).toEqual([400, unknown.body['detail']]);
    expect((await allocate('write', SPORT)).status).toBe(201);
    expect((await allocate('none', OPEN)).status).toBe(201);
  });

  it('keeps plain media requests to the Flows of the caller', async () => {
    const flow = await server.flow(['sport']);
    const { body } = await server.make('POST', `/flows/${flow.id}/storage`, { limit: 1 });
    const { object_id: id } = (body['media_objects'] as { object_id: string }[])[0]!;
    const put = async (caller: string) => (await server.as(caller, 'PUT', `/media/${OPEN}/${id}`, 'x')).status;
    expect([await put('none'), await put('read')]).toEqual([404, 403]);
    const absent = await server.as('none', 'GET', `/media/${OPEN}/never-there`);
    const closed = await server.as('none', 'GET', `/media/${OPEN}/${id}`);
    expect([closed.status, closed.body['detail']]).toEqual([404, absent.body['detail']]);
  });
});

it('lets somebody of many groups read what one of them may', async () => {
  const byName = await ClassServer.start({ AUTH_CLASSES_MAP: '' });
  try {
    const groups = [...Array.from({ length: 300 }, (_, index) => `group ${index}`), 'sport'];
    const flows = [await byName.flow(['sport_ro']), await byName.flow(['news'])];
    const token = await byName.auth.issuer.token({ claims: { sub: 'x', scope: 'tams-api/read', groups } });
    const answer = await byName.auth.send('GET', '/flows', { headers: { authorization: `Bearer ${token}` } });
    expect((answer.body as unknown as { id: string }[]).map(({ id }) => id)).toEqual([flows[0]!.id]);
  } finally {
    await byName.stop();
  }
});

it('leaves what has no classes to administrators', async () => {
  const flow = videoFlow();
  await server.make('PUT', `/flows/${flow.id}`, flow);
  for (const caller of ['read', 'class-admin', 'none'])
    expect((await server.as(caller, 'GET', `/flows/${flow.id}`)).status).toBe(404);
});

it('names media by its id: the label of its Flow is not for everybody who may read the media', async () => {
  const flow = await server.flow(['sport']);
  await server.make('PUT', `/flows/${flow.id}/label`, 'Secret match');
  const { body } = await server.make('POST', `/flows/${flow.id}/storage`, { limit: 1, storage_id: OPEN });
  const [object] = body['media_objects'] as { object_id: string; put_url: { url: string } }[];
  const upload = { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'media' };
  expect((await fetch(object!.put_url.url, upload)).status).toBe(200);
  await server.register(flow.id, object!.object_id);
  const found = await server.make('GET', `/objects/${object!.object_id}`);
  const [{ url }] = found.body['get_urls'] as [{ url: string }];
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
    200,
    `inline; filename="${object!.object_id}"`,
  ]);
});

describe('an instance on a backend that the caller may not read', () => {
  /** An object of a Flow of sport, on the backend of sport, that a Flow of news uses too. */
  async function sharedObject(): Promise<string> {
    const flow = await server.flow(['sport']);
    const { body } = await server.make('POST', `/flows/${flow.id}/storage`, { limit: 1, storage_id: SPORT });
    const [object] = body['media_objects'] as { object_id: string; put_url: { url: string } }[];
    const upload = { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'media' };
    expect((await fetch(object!.put_url.url, upload)).status).toBe(200);
    await server.register(flow.id, object!.object_id);
    await server.register((await server.flow(['news'])).id, object!.object_id);
    return object!.object_id;
  }
  const copy = (caller: string, objectId: string) =>
    server.as(caller, 'POST', `/objects/${objectId}/instances`, { storage_id: OPEN });
  const copyOf = async (objectId: string) => {
    const { rows } = await server.database.query<{ state: string; copy_classes: string[] | null }>(
      'SELECT state, copy_classes FROM object_instances WHERE object_id = $1 AND storage_id = $2',
      [objectId, OPEN],
    );
    return rows[0];
  };

  it('is not copied for them, also not by the job later', async () => {
    const objectId = await sharedObject();
    const refused = await copy('none', objectId);
    expect([refused.status, refused.body['type']]).toEqual([400, 'urn:x-tams:problem:object-without-source']);
    expect(await copyOf(objectId)).toBeUndefined();
    expect((await copy('both', objectId)).status).toBe(201);
    expect((await copyOf(objectId))?.copy_classes?.toSorted()).toEqual(expect.arrayContaining(['news', 'sport']));
  });

  it('makes no other one spare', async () => {
    const objectId = await sharedObject();
    await server.database.query('INSERT INTO object_instances (object_id, storage_id, size_bytes) VALUES ($1, $2, 5)', [
      objectId,
      OPEN,
    ]);
    const remove = (caller: string) => server.as(caller, 'DELETE', `/objects/${objectId}/instances?storage_id=${OPEN}`);
    expect((await remove('none')).body['type']).toBe('urn:x-tams:problem:last-object-instance');
    expect((await remove('administrator')).status).toBe(204);
  });
});
