import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Answer, AuthServer } from './support/auth-server';
import { startTestServer } from '../support/test-server';

let server: AuthServer;
let database: Client;
beforeAll(async () => {
  server = await AuthServer.start();
  database = new Client({ connectionString: server.tams.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await server.stop();
});

const tokens = '/service/access-tokens';
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

function issue(changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return server.as('admin', 'POST', tokens, {
    name: 'edit suite 3',
    scopes: ['tams-api/read'],
    expires: inAnHour(),
    ...changes,
  });
}

function use(token: string, path = '/flows'): Promise<Answer> {
  return server.send('GET', `${path}?access_token=${token}`);
}

describe('an access token', () => {
  it('is shown once, and kept as a hash only', async () => {
    const { status, body } = await issue({ groups: ['sport'] });
    expect(status).toBe(201);
    const token = body['access_token'] as string;
    expect(token).toMatch(/^tams_[\w-]{43}$/);
    expect(body).toMatchObject({
      name: 'edit suite 3',
      scopes: ['tams-api/read'],
      groups: ['sport'],
      created_by: 'admin',
    });
    const read = await server.as('admin', 'GET', `${tokens}/${String(body['id'])}`);
    expect({ ...read.body, access_token: token }).toEqual(body);
    expect(read.body).not.toHaveProperty('access_token');
    expect((await server.as('admin', 'GET', tokens)).text).not.toContain(token);
    const { rows } = await database.query<{ token_hash: Buffer }>('SELECT * FROM access_tokens WHERE id = $1', [
      body['id'],
    ]);
    expect(rows[0]?.token_hash).toEqual(createHash('sha256').update(token).digest());
    expect(JSON.stringify(rows)).not.toContain(token.slice(5));
  });

  it('opens what its scopes say: in the URL, or better in a header', async () => {
    const token = (await issue()).body['access_token'] as string;
    expect((await use(token)).status).toBe(200);
    expect((await server.send('GET', '/flows', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const refused = await server.send('PUT', `/flows/${randomUUID()}/label?access_token=${token}`, { body: 'x' });
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain(token);
  });

  it('is not handed on in the links of a listing', async () => {
    const token = (await issue({ scopes: ['tams-api/admin'] })).body['access_token'] as string;
    const page = await server.send('GET', `${tokens}?limit=1&access_token=${token}`);
    expect(page.headers.get('link')).toContain('page=');
    expect(page.headers.get('link')).not.toContain(token);
  });

  it('ends when it is revoked', async () => {
    const { body } = await issue();
    const token = body['access_token'] as string;
    expect((await use(token)).status).toBe(200);
    const address = `${tokens}/${String(body['id'])}`;
    expect((await server.as('admin', 'DELETE', address)).status).toBe(204);
    expect((await use(token)).status).toBe(401);
    expect((await server.as('admin', 'GET', address)).body['revoked']).toBeDefined();
    expect((await server.as('admin', 'DELETE', address)).status).toBe(204);
    expect((await server.as('admin', 'DELETE', `${tokens}/${randomUUID()}`)).status).toBe(404);
  });

  it('ends at once on other replicas too', async () => {
    const other = await startTestServer({
      AUTH_MODE: 'basic,url_token',
      AUTH_BASIC_USERS_FILE: server.usersFile,
      DATABASE_URL: server.tams.databaseUrl,
      DATA_DIR: server.tams.dataDirectory,
    });
    try {
      const { body } = await issue();
      const there = () => fetch(`${other.url}/flows?access_token=${String(body['access_token'])}`);
      expect((await there()).status).toBe(200);
      expect((await server.as('admin', 'DELETE', `${tokens}/${String(body['id'])}`)).status).toBe(204);
      expect((await there()).status).toBe(401);
    } finally {
      await other.stop();
    }
  });

  it('ends when its time is over, also in the memory of the server', async () => {
    const expires = new Date(Date.now() + 1_500);
    const token = (await issue({ expires: expires.toISOString() })).body['access_token'] as string;
    expect((await use(token)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, expires.getTime() - Date.now() + 20));
    expect((await use(token)).status).toBe(401);
  });

  it.each([
    ['', 'credentials'],
    ['tams_', 'token-invalid'],
    [`tams_${'x'.repeat(43)}`, 'token-invalid'],
    ["tams_' OR 1=1 --", 'token-invalid'],
    ['x'.repeat(4000), 'token-invalid'],
    ['%00', 'validation-failed'],
  ])('cannot be guessed: %.20s', async (token, problem) => {
    const answer = await use(token.includes('%') ? token : encodeURIComponent(token));
    expect([400, 401]).toContain(answer.status);
    if (token !== '') expect(answer.body['type']).toBe(`urn:x-tams:problem:${problem}`);
  });

  it.each<[string, Record<string, unknown>]>([
    ['without a name', { name: ' ' }],
    ['without scopes', { scopes: [] }],
    ['with a scope there is not', { scopes: ['tams-api/root'] }],
    ['without an end', { expires: undefined }],
    ['that ended already', { expires: '2020-01-01T00:00:00Z' }],
    ['for ever', { expires: '2999-01-01T00:00:00Z' }],
    ['with fields of its own', { token_hash: 'x' }],
    ['with too many groups', { groups: Array.from({ length: 101 }, String) }],
  ])('is not issued %s', async (_, changes) => {
    expect((await issue(changes)).status).toBe(400);
  });

  it('is the business of administrators alone', async () => {
    for (const caller of ['read', 'write', 'delete', 'nothing'] as const) {
      expect((await server.as(caller, 'POST', tokens, {})).status).toBe(403);
      expect((await server.as(caller, 'GET', tokens)).status).toBe(403);
    }
  });
});
