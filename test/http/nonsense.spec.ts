import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

let tams: TestServer;
let flowId: string;

beforeAll(async () => {
  tams = await startTestServer({ MAX_BODY_BYTES: '100000' });
  const flow = videoFlow();
  flowId = flow.id;
  await tams.client.put(`/flows/${flow.id}`, flow);
});
afterAll(() => tams.stop());

/** Every 4xx is a problem that names itself; the client's contract check refuses anything else, a 500 above all. */
describe('what no client should send', () => {
  it.each([
    ['an unknown path', 'GET', '/nowhere', 404],
    ['broken percent-encoding', 'GET', '/sources/%zz', 404],
    ['a NUL in the path', 'GET', `/flows/${'0'.repeat(8)}%00`, 404],
    ['an id that is too long', 'GET', `/objects/${'x'.repeat(5000)}`, 404],
    ['path traversal', 'GET', '/flows/../../etc/passwd', 404],
    ['encoded path traversal', 'GET', '/flows/%2e%2e%2f%2e%2e%2fetc', 404],
    ['traversal out of the documentation', 'GET', '/docs/%2e%2e/%2e%2e/package.json', 404],
    ['an upper-case id', 'GET', `/flows/${'A'.repeat(8)}-0000-1000-8000-000000000000`, 404],
    ['a double slash', 'GET', '//flows', 404],
    ['a tag that is nowhere', 'GET', '/sources/x/tags/__proto__', 404],
    ['a NUL in a query', 'GET', '/flows?label=%00', 400],
    ['a repeated parameter', 'GET', '/flows?limit=1&limit=2', 400],
    ['an array parameter', 'GET', '/flows?label[]=a&label=b&label=c', 400],
    ['a tag filter given twice', 'GET', '/flows?tag.a=1&tag.a=2', 400],
    ['a huge number', 'GET', '/flows?limit=99999999999999999999999', 400],
    ['a page key of nonsense', 'GET', '/flows?page=bm9uc2Vuc2U', 400],
    [
      'a page key that was forged',
      'GET',
      `/flows?page=${Buffer.from('{"order":"created","reverse":false,"after":["x","y"]}').toString('base64url')}`,
      400,
    ],
    [
      'a page key of segments that ends at no number',
      'GET',
      `/flows/${randomUUID()}/segments?page=${Buffer.from('{"end":"x","reverse":false}').toString('base64url')}`,
      400,
    ],
    [
      'a page key of segments beyond 64 bits',
      'GET',
      `/flows/${randomUUID()}/segments?page=${Buffer.from('{"end":"9223372036854775808","reverse":false}').toString('base64url')}`,
      400,
    ],
  ])('%s is answered', async (_case, method, path, status) => {
    expect((await tams.client.raw({ method, path, check: false })).status).toBe(status);
  });

  it.each([
    ['broken percent-encoding', '/sources/%zz'],
    ['an id that is too long', `/objects/${'x'.repeat(5000)}`],
    ['a NUL in a query', '/flows?label=%00'],
  ])('%s is an error that pages may read, under the headers of every answer', async (_case, path) => {
    const origin = 'http://localhost:3000';
    const early = await fetch(`${tams.url}${path}`, { headers: { origin } });
    const usual = await fetch(`${tams.url}/nowhere`, { headers: { origin } });
    for (const name of [
      'access-control-allow-origin',
      'access-control-expose-headers',
      'content-security-policy',
      'x-content-type-options',
    ])
      expect([name, early.headers.get(name)]).toEqual([name, usual.headers.get(name)]);
    expect(early.headers.get('access-control-allow-origin')).toBe(origin);
    const stranger = await fetch(`${tams.url}${path}`, { headers: { origin: 'https://elsewhere.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['12345678901234567890', false],
    ['9007199254740993', false],
    ['-9007199254740993', false],
    ['1e400', false],
    ['1e-400', false],
    ['9007199254740992', true],
    ['1e5', true],
    ['0e10', true],
    ['0.1234567890123456789', true],
    ['"12345678901234567890"', true],
    ['"\\\\\\"1e400"', true],
  ])('a field nobody knows with %s: kept %s', async (number, kept) => {
    const flow = videoFlow();
    const body = JSON.stringify({ ...flow, a: 'x\\"' }).replace(/}$/, `,"our_own":[{"count":${number}}],"last":1}`);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${tams.url}/flows/${flow.id}`, { method: 'PUT', headers, body });
    const text = await answer.text();
    expect([answer.status, text.includes('cannot be kept as it is')]).toEqual(kept ? [201, false] : [400, true]);
    if (!kept) return;
    const read = await tams.client.get<{ our_own: unknown }>(`/flows/${flow.id}`);
    expect(read.body.our_own).toEqual(JSON.parse(`[{"count":${number}}]`));
  });

  it('tag names such as constructor are only names', async () => {
    for (const name of ['constructor', 'toString']) {
      expect((await tams.client.get(`/flows/${flowId}/tags/${name}`)).status).toBe(404);
      expect((await tams.client.put(`/flows/${flowId}/tags/${name}`, 'x')).status).toBe(204);
      expect((await tams.client.get(`/flows/${flowId}/tags/${name}`)).body).toBe('x');
      expect((await tams.client.delete(`/flows/${flowId}/tags/${name}`)).status).toBe(204);
    }
  });

  it.each([
    ['JSON that breaks off', '{"id": '],
    ['text that is not JSON', 'id=1'],
    ['a NUL character', '{"label":"a\\u0000b"}'],
    ['half a surrogate pair', '{"label":"\\ud800"}'],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['nesting without end', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['a number beyond all numbers', '{"generation":1e999}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"flow"'],
  ])('a Flow of %s is a 400', async (_case, rawBody) => {
    const answer = await tams.client.put(`/flows/${randomUUID()}`, undefined, { rawBody });
    expect(answer.status).toBe(400);
  });

  it('a label in any script, with whole surrogate pairs, is kept', async () => {
    const label = 'Nachrichten 新闻 🎬 \\u0000 as text';
    expect((await tams.client.put(`/flows/${flowId}/label`, label)).status).toBe(204);
    expect((await tams.client.get(`/flows/${flowId}/label`)).body).toBe(label);
    const escaped = { rawBody: '"\\ud83c\\udfac"' };
    expect((await tams.client.put(`/flows/${flowId}/label`, undefined, escaped)).status).toBe(204);
    expect((await tams.client.get(`/flows/${flowId}/label`)).body).toBe('🎬');
  });

  it('a label that is not UTF-8 is a 400, and nothing is put in its place', async () => {
    const answer = await fetch(`${tams.url}/flows/${flowId}/label`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: 'The body must be JSON in UTF-8, and is not.' });
  });

  it('a body that is too large is a 413', async () => {
    const answer = await tams.client.put(`/flows/${flowId}/description`, 'x'.repeat(200_000));
    expect(answer.status).toBe(413);
  });

  it('a method nobody knows is a 405 with Allow, whatever it carries', async () => {
    for (const method of ['PATCH', 'DELETE', 'PUT', 'OPTIONS']) {
      const answer = await tams.client.raw({
        method,
        path: '/sources',
        check: false,
        ...(method.startsWith('P') ? { body: 'x' } : {}),
      });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it('bytes that are not HTTP close the connection and nothing else', async () => {
    const { hostname, port } = new URL(tams.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write('\x16\x03\x01nonsense\r\n\r\n'));
      socket.on('close', () => {
        resolve();
      });
      socket.on('error', () => undefined);
      socket.resume();
    });
    expect((await tams.client.get('/service')).status).toBe(200);
  });
});
