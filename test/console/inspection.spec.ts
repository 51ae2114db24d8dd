import { randomUUID } from 'node:crypto';
import { AuthServer } from '../auth/support/auth-server';
import { ClassServer } from '../auth/support/class-world';
import { eventually } from '../support/eventually';
import { seconds, TestWorld } from '../support/test-world';
import { videoFlow } from '../support/flow-fixtures';
import { WebhookReceiver } from '../support/webhook-receiver';

type Body = Record<string, unknown>;

describe('objects, storage and webhooks', () => {
  let tams: TestWorld;
  beforeAll(async () => {
    tams = await TestWorld.start({ EMPTY_FLOW_RETENTION_SECONDS: '86400', JOB_WORKERS: 'false' });
  });
  afterAll(() => tams.stop());

  const get = async <Shown = Body>(path: string): Promise<Shown> => {
    const { status, body } = await tams.client.get<Shown>(path);
    expect([path, status]).toEqual([path, 200]);
    return body;
  };

  it('an object that is used twice tells by which Flows, where, and where it lies', async () => {
    const [first, second] = [await tams.flow({ label: 'First' }), await tams.flow({ label: 'Second' })];
    const [segment] = await tams.fill(first, ['[0:0_1:0)']);
    const objectId = segment!.object_id;
    for (const timerange of ['[7:0_8:0)', '[9:0_10:0)'])
      await tams.register(second, {
        object_id: objectId,
        timerange,
        ts_offset: timerange.startsWith('[7') ? '7:0' : '9:0',
      });
    const missing = randomUUID();
    await tams.database.query(
      `INSERT INTO object_instances (object_id, storage_id, size_bytes, state) VALUES ($1, $2, NULL, 'missing'), ($1, $3, 1234, 'ready')`,
      [objectId, missing, randomUUID()],
    );
    const shown = await get(`/console/api/objects/${objectId}`);
    expect(shown).toMatchObject({
      id: objectId,
      role: 'media',
      timerange: '[0:0_1:0)',
      size_bytes: 1234,
      first_referenced_by_flow: first,
      registered: expect.any(String) as unknown,
      instances: [
        { storage_id: missing, controlled: true, state: 'missing' },
        { controlled: true, state: 'ready', size_bytes: 1234 },
      ],
      more_flows: false,
    });
    expect(shown['flows']).toEqual(
      [
        { id: first, label: 'First', format: 'urn:x-nmos:format:video', timerange: '[0:0_1:0)', more_segments: false },
        { id: second, label: 'Second', format: 'urn:x-nmos:format:video', timerange: '[7:0_8:0)', more_segments: true },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(await get('/console/api/storage')).toMatchObject({ missing_instances: 1 });
  });

  it('an initialisation object tells how many it initialises, and which Flows use those', async () => {
    const flowId = await tams.initFlow();
    const [init, ...media] = await tams.allocate(flowId, 3);
    const segments = media.map((object_id, index) => ({
      object_id,
      timerange: `[${index}:0_${index + 1}:0)`,
      init_object_id: init,
    }));
    expect((await tams.register(flowId, segments)).status).toBe(201);
    expect(await get(`/console/api/objects/${init!}`)).toMatchObject({
      role: 'init',
      initialises: 2,
      flows: [{ id: flowId, more_segments: false }],
    });
    expect(await get(`/console/api/objects/${media[0]!}`)).toMatchObject({ init_object_id: init });
  });

  it('an object that is only allocated is there, without Flows; one that is not is 404', async () => {
    const flowId = await tams.flow();
    const objectId = await tams.object(flowId);
    const shown = await get(`/console/api/objects/${objectId}`);
    expect(shown).toMatchObject({ id: objectId, allocated_for_flow: flowId, instances: [], flows: [] });
    expect(shown).not.toHaveProperty('role');
    expect((await tams.client.get('/console/api/objects/nothing')).status).toBe(404);
  });

  it('storage tells of its backends, of copies, and of what waits to be collected', async () => {
    const [backend] = await get<{ id: string; label?: string }[]>('/service/storage-backends');
    await tams.database.query(
      `INSERT INTO reconciliations VALUES ($1, now() - interval '1 minute', now(), false, NULL, 10, 1000, 2, 200, 1, 0)
       ON CONFLICT (storage_id) DO UPDATE SET objects = 10, bytes = 1000, orphans = 2, dangling = 1, repaired = false`,
      [backend!.id],
    );
    const [objectId, gone] = await tams.allocate(await tams.flow(), 2);
    await tams.database.query(
      `INSERT INTO object_instances (object_id, storage_id, state) VALUES ($1, $2, 'copying')`,
      [objectId, backend!.id],
    );
    await tams.database.query(`UPDATE objects SET unreferenced_since = now() WHERE id = $1`, [gone]);
    const shown = await get<{ backends: Body[]; moving: Body[]; collection: Record<string, number> }>(
      '/console/api/storage',
    );
    expect(shown.backends).toEqual([
      expect.objectContaining({
        id: backend!.id,
        available: true,
        latency_ms: expect.any(Number) as unknown,
        free_bytes: expect.any(Number) as unknown,
        total_bytes: expect.any(Number) as unknown,
        last_reconciliation: expect.objectContaining({
          objects: 10,
          bytes: 1000,
          orphans: 2,
          dangling: 1,
          repaired: false,
        }) as unknown,
      }),
    ]);
    expect(shown.moving).toEqual([
      { object_id: objectId, storage_id: backend!.id, state: 'copying', since: expect.any(String) as unknown },
    ]);
    expect(shown.collection['unregistered']).toBeGreaterThanOrEqual(1);
    expect(shown.collection['unreferenced']).toBeGreaterThanOrEqual(1);
    await tams.database.query('DELETE FROM object_instances WHERE object_id = $1', [objectId]);
  });

  it('retention tells what goes, and when', async () => {
    const flow = await tams.flow({ label: 'Rolling', tags: { segment_retention_offset: '3600:0' } });
    await tams.database.query(
      `INSERT INTO flow_tags (flow_id, name, value) VALUES ($1, 'segment_retention_offset', '3600:0')`,
      [flow],
    );
    await tams.fill(flow, seconds(2, 1_000_000));
    const { items } = await get<{ items: Body[] }>('/console/api/retention');
    expect(items).toContainEqual(
      expect.objectContaining({ flow_id: flow, label: 'Rolling', what: 'segments', due_now: true }),
    );
    expect(items).toContainEqual(expect.objectContaining({ what: 'empty-flow', due_now: false }));
  });

  it('webhooks tell what they are owed, since when they fail, and how the last attempt went', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.react = () => ({ status: 503 });
    const { body } = await tams.client.post<{ id: string }>('/service/webhooks', {
      url: receiver.url,
      events: ['flows/created'],
    });
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const mine = async (): Promise<Body | undefined> =>
      (await get<Body[]>('/console/api/webhooks')).find(({ id }) => id === body.id);
    await receiver.until(() => receiver.messages.length > 0, 'an attempt', 30_000);
    const shown = await eventually(mine, (webhook) => webhook?.['failing_since'] !== undefined, {
      what: 'the webhook counts as failing',
      every: 50,
      atMost: 20_000,
    });
    expect(shown).toMatchObject({
      url: receiver.url,
      status: 'started',
      owed: 1,
      oldest_owed: expect.any(String) as unknown,
      last_attempt: expect.objectContaining({ status_code: 503 }) as unknown,
    });
    expect(shown?.['failures']).toBeGreaterThan(0);
    await receiver.stop();
  });
});

describe('who is calling', () => {
  it('is told, and without credentials how to say so', async () => {
    const server = await AuthServer.start();
    try {
      const anonymous = await server.send('GET', '/console/api/me');
      expect([anonymous.status, anonymous.body]).toEqual([
        200,
        { authenticated: false, sign_in: ['bearer', 'basic', 'url_token'], oidc_issuer: server.issuer.url },
      ]);
      expect((await server.as('read', 'GET', '/console/api/me', undefined, 'basic')).body).toMatchObject({
        authenticated: true,
        name: 'read',
        method: 'basic',
        is_admin: false,
        rights: ['read'],
        scopes: ['tams-api/read'],
        groups: ['group-read'],
        auth_classes: { enabled: false },
      });
      expect((await server.as('admin', 'GET', '/console/api/me')).body).toMatchObject({
        is_admin: true,
        rights: ['admin', 'read', 'write', 'delete'],
      });
      const wrong = { authorization: `Basic ${Buffer.from('read:wrong').toString('base64')}` };
      expect((await server.send('GET', '/console/api/me', { headers: wrong })).status).toBe(401);
    } finally {
      await server.stop();
    }
  });
});

describe('with auth_classes', () => {
  let server: ClassServer;
  beforeAll(async () => {
    server = await ClassServer.start();
  });
  afterAll(() => server.stop());

  it('callers see what is of their classes, and what they may do', async () => {
    const [news, sport] = [await server.flow(['news'], { label: 'News' }), await server.flow(['sport'])];
    const both = await server.flow(['sport'], { flow_collection: [{ id: news.id }, { id: sport.id }] });
    const objectId = await server.object(news.id);
    await server.register(sport.id, objectId, 5);
    const ids = async (caller: string, path: string): Promise<unknown[]> =>
      ((await server.as(caller, 'GET', path)).body as unknown as { id: string }[]).map(({ id }) => id);
    expect((await ids('read', '/console/api/flows')).sort()).toEqual([sport.id, both.id].sort());
    expect(await ids('read', '/console/api/flows?search=News')).toEqual([]);
    expect((await ids('read', '/console/api/sources')).sort()).toEqual([sport.source_id, both.source_id].sort());
    expect((await server.as('read', 'GET', `/console/api/flows/${both.id}`)).body).toMatchObject({
      member_count: 1,
      members: [{ id: sport.id }],
      segment_count: 1,
    });
    expect((await server.as('read', 'GET', `/console/api/flows/${news.id}/coverage`)).status).toBe(404);
    const object = (await server.as('read', 'GET', `/console/api/objects/${objectId}`)).body;
    expect(object).toMatchObject({ flows: [{ id: sport.id }] });
    expect(object).not.toHaveProperty('allocated_for_flow');
    expect((await server.as('both', 'GET', '/console/api/me')).body).toMatchObject({
      auth_classes: {
        enabled: true,
        classes: expect.arrayContaining([{ name: 'sport', rights: ['read'] }]) as unknown,
      },
    });
  });
});
