import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { fillDirectly } from '../http/deletion-fixtures';
import { videoFlow } from '../support/flow-fixtures';
import { AuthServer, basic } from './support/auth-server';

let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start({ TRUST_PROXY: '127.0.0.1' });
});
afterAll(() => server.stop());

type Json = Record<string, unknown>;

/** What the audit log gains while `work` runs. */
async function audited(work: () => Promise<unknown>): Promise<Json[]> {
  const before = server.auditEntries().length;
  await work();
  return server.auditEntries().slice(before);
}

beforeAll(() => server.as('admin', 'POST', '/service', {}));

describe('the audit log', () => {
  it('has one line for a change: who, what, which, from where', async () => {
    const flow = videoFlow();
    const entries = await audited(async () => {
      const { headers } = await server.credentials('bearer', 'write');
      const traced = { ...headers, 'x-correlation-id': 'trace-1', 'x-forwarded-for': '192.0.2.7' };
      await server.send('PUT', `/flows/${flow.id}`, { headers: traced, body: flow });
    });
    expect(entries).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        audit: 'change',
        principal: 'write',
        principal_id: `bearer:${server.issuer.url}#write`,
        authentication: 'bearer',
        method: 'PUT',
        route: '/flows/{flowId}',
        resource: { flowId: flow.id },
        outcome: 'done',
        status: 201,
        correlation_id: 'trace-1',
        source: '192.0.2.7',
      },
    ]);
  });

  it('has one line for a refusal, known caller or not', async () => {
    const id = randomUUID();
    const entries = await audited(async () => {
      await server.send('GET', `/flows/${id}`);
      await server.as('read', 'DELETE', `/sources/${id}/label`, undefined, 'basic');
      await server.send('GET', '/flows', { headers: { authorization: basic('read', 'wrong-password') } });
    });
    expect(entries).toMatchObject([
      { audit: 'refusal', method: 'GET', route: '/flows/{flowId}', outcome: 'credentials-missing', status: 401 },
      {
        audit: 'refusal',
        principal: 'read',
        authentication: 'basic',
        outcome: 'scope-missing',
        status: 403,
        resource: { sourceId: id },
      },
      { audit: 'refusal', outcome: 'password-wrong', status: 401 },
    ]);
    expect(entries[0]).not.toHaveProperty('principal');
  });

  it('has no line for reading, or for what changed nothing', async () => {
    const entries = await audited(async () => {
      await server.as('read', 'GET', '/flows');
      await server.as('write', 'PUT', `/flows/${randomUUID()}/label`, 'x');
      await server.as('write', 'PUT', `/flows/${randomUUID()}`, { no: 'flow' });
      await server.as('read', 'GET', `/flows/${randomUUID()}`);
    });
    expect(entries).toEqual([]);
  });

  it('cannot be written into by a client, and keeps its lines short', async () => {
    const name = encodeURIComponent(`x\n{"audit":"change","principal":"admin"}\u001b[2J\u202e${'y'.repeat(3000)}`);
    const entries = await audited(async () => {
      const token = await server.issuer.token({
        claims: { sub: 'x', preferred_username: 'eve\r\n{"audit":"change"}', scope: 'tams-api/read' },
      });
      const headers = { authorization: `Bearer ${token}`, 'x-correlation-id': 'a b\u0009c"}' };
      await server.send('PUT', `/sources/${randomUUID()}/tags/${name}`, { headers, body: 'x' });
    });
    expect(entries).toHaveLength(1);
    const line = JSON.stringify(entries[0]);
    expect(line.length).toBeLessThan(1_500);
    expect(line).not.toMatch(/\\n|\\r|\\u001b|\u202e/);
    expect(entries[0]).toMatchObject({ principal: 'eve\uFFFD\uFFFD{"audit":"change"}', audit: 'refusal' });
  });

  it('never has a token, a password or a signature in it', async () => {
    const token = await server.urlToken('write');
    const bearer = (await server.credentials('bearer', 'write')).headers['authorization'] ?? '';
    const flow = videoFlow();
    await server.send('PUT', `/flows/${flow.id}?access_token=${token}`, { body: flow });
    await server.as('read', 'PUT', `/flows/${flow.id}/label`, 'x');
    const storage = await server.as('write', 'POST', `/flows/${flow.id}/storage`, { limit: 1 });
    const [object] = storage.body['media_objects'] as { put_url: { url: string } }[];
    const url = new URL(object!.put_url.url);
    const entries = await audited(() =>
      fetch(url, { method: 'PUT', body: 'x', headers: { 'content-type': 'video/mp2t' } }),
    );
    expect(entries).toMatchObject([{ audit: 'change', method: 'PUT', route: '/media/{storageId}/{mediaObjectId}' }]);
    const everything = JSON.stringify(server.auditEntries());
    for (const secret of [token, bearer.slice(7), 'secret', 'wrong-password', url.searchParams.get('signature')!])
      expect(everything).not.toContain(secret);
  });
});

describe('GET /service/audit', () => {
  const search = async (query: string): Promise<Json[]> =>
    (await server.as('admin', 'GET', `/service/audit?${query}`)).body['lines'] as Json[];

  it('tells administrators who changed a resource, and who was refused', async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    await server.as('read', 'PUT', `/flows/${flow.id}/label`, 'x');
    await server.as('admin', 'PUT', `/flows/${flow.id}/label`, 'y');
    const lines = await search(`resource=${flow.id}`);
    expect(lines).toMatchObject([
      { principal: 'admin', method: 'PUT', route: '/flows/{flowId}/label', outcome: 'done' },
      { principal: 'read', audit: 'refusal', outcome: 'scope-missing', status: 403 },
      { principal: 'write', method: 'PUT', route: '/flows/{flowId}', status: 201 },
    ]);
    expect(lines).toEqual(server.auditEntries().slice(-3).toReversed());
    expect(await search(`resource=${flow.id}&principal=admin`)).toHaveLength(1);
    expect(await search(`resource=${randomUUID()}`)).toEqual([]);
  });

  it('reads on where the answer before ended', async () => {
    const { body: first } = await server.as('admin', 'GET', '/service/audit?limit=1');
    const { body: second } = await server.as('admin', 'GET', `/service/audit?limit=1&before=${String(first['next'])}`);
    const written = server.auditEntries();
    expect(first).toMatchObject({ kept_in: 'file', lines: [written.at(-1)] });
    expect(second['lines']).toEqual([written.at(-2)]);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['before=-1', 'before=x', 'limit=0', 'flow=1', `resource=${'x'.repeat(300)}`])
      expect((await server.as('admin', 'GET', `/service/audit?${query}`)).status).toBe(400);
  });
});

describe('created_by and updated_by', () => {
  const stored = async (path: string): Promise<Json> => (await server.as('read', 'GET', path)).body;

  it('name the principal, whatever the client says', async () => {
    const flow = videoFlow({ created_by: 'forged', updated_by: 'forged', label: 'a' });
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    expect(await stored(`/flows/${flow.id}`)).toMatchObject({ created_by: 'write', updated_by: 'write' });
    expect(await stored(`/sources/${flow.source_id}`)).toMatchObject({ created_by: 'write' });
  });

  it('remember who created it when somebody else changes it', async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    const token = await server.issuer.token({
      claims: { sub: '4711', email: 'eve@example.com', scope: 'tams-api/write' },
    });
    const headers = { authorization: `Bearer ${token}` };
    await server.send('PUT', `/flows/${flow.id}`, { headers, body: { ...flow, created_by: 'eve', label: 'b' } });
    expect(await stored(`/flows/${flow.id}`)).toMatchObject({ created_by: 'write', updated_by: 'eve@example.com' });
    await server.as('write', 'PUT', `/flows/${flow.id}/label`, 'c', 'url_token');
    expect(await stored(`/flows/${flow.id}`)).toMatchObject({ created_by: 'write', updated_by: 'write' });
    await server.send('PUT', `/sources/${flow.source_id}/label`, { headers, body: 'd' });
    expect(await stored(`/sources/${flow.source_id}`)).toMatchObject({
      created_by: 'write',
      updated_by: 'eve@example.com',
    });
    await server.as('write', 'PUT', `/sources/${flow.source_id}/tags/x`, 'y');
    expect(await stored(`/sources/${flow.source_id}`)).toMatchObject({ updated_by: 'write' });
  });

  it('tell who asked for a deletion that takes a while', async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    const database = new Pool({ connectionString: server.tams.databaseUrl, max: 1 });
    await fillDirectly(database, flow.id, 1001);
    await database.end();
    const { status, body } = await server.as('delete', 'DELETE', `/flows/${flow.id}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ flow_id: flow.id, created_by: 'delete' });
  });

  it('may be given by an administrator for others', async () => {
    const flow = videoFlow({ created_by: 'migrated from the old store' });
    await server.as('admin', 'PUT', `/flows/${flow.id}`, flow);
    expect(await stored(`/flows/${flow.id}`)).toMatchObject({
      created_by: 'migrated from the old store',
      updated_by: 'admin',
    });
  });

  it('are kept for deletion requests too', async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    const database = new Pool({ connectionString: server.tams.databaseUrl });
    await fillDirectly(database, flow.id, 1001);
    await database.end();
    const answer = await server.as('delete', 'DELETE', `/flows/${flow.id}`);
    expect([answer.status, answer.body['created_by']]).toEqual([202, 'delete']);
  });

  it('are kept for profiles too', async () => {
    const id = randomUUID();
    const { format, codec, container, essence_parameters } = videoFlow();
    const profile = { id, created_by: 'forged', flow_metadata: { format, codec, container, essence_parameters } };
    expect((await server.as('write', 'POST', `/service/profiles/${id}`, profile)).status).toBe(201);
    expect(await stored(`/service/profiles/${id}`)).toMatchObject({ created_by: 'write' });
  });
});
