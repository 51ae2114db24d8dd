import { randomUUID } from 'node:crypto';
import { AuthServer } from '../auth/support/auth-server';
import { videoFlow } from '../support/flow-fixtures';

/** Values that look valid, and that PostgreSQL would not take as they are. Each must be refused (400), or understood. */
let server: AuthServer;
let webhookId: string;

beforeAll(async () => {
  server = await AuthServer.start({ AUTH_MODE: 'none,basic,url_token', WEBHOOK_CONCURRENCY: '0' });
  const made = await server.send('POST', '/service/webhooks', {
    body: { url: 'http://127.0.0.1:9/', events: ['flows/created'] },
  });
  webhookId = String(made.body['id']);
});
afterAll(() => server.stop());

/** In order: offsets PostgreSQL does not know, a year it does not have, more digits than it reads. */
const refusedTimes = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59'];
const odd = (year: number): string[] => [
  `${year}-01-01T00:00:00+23:59`,
  `${year}-01-01T00:00:00-16:00`,
  `${year}-01-01T00:00:00.${'9'.repeat(150)}Z`,
];

const keyOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19);

describe('times', () => {
  it.each(odd(2020))('%s: a replay understands it', async (since) => {
    const path = `/service/webhooks/${webhookId}/replay?since=${encodeURIComponent(since)}`;
    expect((await server.send('POST', path)).status).toBe(202);
  });

  it.each(refusedTimes)('%s: a replay refuses it', async (since) => {
    const path = `/service/webhooks/${webhookId}/replay?since=${encodeURIComponent(since)}`;
    expect(await server.send('POST', path)).toMatchObject({ status: 400, body: { errors: [{ path: 'query.since' }] } });
  });

  it.each([`${later}+23:59`, `${later}-16:00`, `${later}.${'9'.repeat(150)}Z`])(
    '%s: an access token may expire then',
    async (expires) => {
      const body = { name: 'x', scopes: ['tams-api/read'], expires };
      const answer = await server.send('POST', '/service/access-tokens', { body });
      expect(answer.status).toBe(201);
      const seconds = expires.replace(/\.\d+/, '');
      expect(Math.floor(Date.parse(String(answer.body['expires'])) / 1000)).toBe(Date.parse(seconds) / 1000);
    },
  );

  it.each([
    '/flows',
    '/sources',
    '/flow-delete-requests',
    '/service/webhooks',
    '/service/profiles',
    '/service/access-tokens',
  ])('%s: page keys with such times are a page or a 400', async (path) => {
    for (const time of [...refusedTimes, ...odd(2020)]) {
      const page = keyOf({ order: 'created', reverse: false, after: [time, randomUUID()] });
      expect([200, 400]).toContain((await server.send('GET', `${path}?page=${page}`)).status);
    }
  });
});

describe('half surrogate pairs', () => {
  it.each([
    ['beside an escaped backslash', String.raw`"\ud83c\\\udfac"`],
    ['after an escaped backslash', String.raw`"\\\udfac"`],
    ['before an escaped backslash', String.raw`"\ud83c\\"`],
    ['around a whole pair', String.raw`"\ud83c\ud83c\udfac\udfac"`],
    ['in a name', String.raw`{"a\ud83c\\\udfac": "x"}`],
  ])('%s are refused', async (_case, text) => {
    const flow = videoFlow();
    const body = JSON.stringify({ ...flow, tags: 'HERE' }).replace(
      '"HERE"',
      text.startsWith('{') ? text : `{"a": ${text}}`,
    );
    const answer = await server.send('PUT', `/flows/${flow.id}`, { text: body });
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:x-tams:problem:text-not-storable' } });
  });

  it('an escaped backslash before the letter u is only text', async () => {
    const flow = videoFlow();
    const body = JSON.stringify({ ...flow, label: String.raw`\ud83c \\u0000` });
    expect((await server.send('PUT', `/flows/${flow.id}`, { text: body })).status).toBe(201);
  });
});
