import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { videoFlow } from '../support/flow-fixtures';
import { type TestServer, startTestServer } from '../support/test-server';
import { AuthServer, sendTo } from './support/auth-server';

let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start();
});
afterAll(() => server.stop());

/** Status of a request written by hand, which no client would send. */
async function raw(text: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.end(text);
  await once(socket, 'close');
  return answer;
}

describe('without credentials', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/nothing-here'],
    ['PATCH', '/flows'],
    ['DELETE', '/service'],
    ['GET', '/docs/../flows'],
    ['GET', '/flows/..%2f..%2fdocs'],
    ['GET', '/%66lows'],
    ['GET', '//flows'],
    ['GET', '/flows/'],
    ['GET', '/FLOWS'],
    ['GET', '/flows?/docs'],
    ['GET', '/flows%3F/docs'],
    ['GET', '/docs/%2e%2e/flows'],
    ['GET', '/docs/..%2fflows'],
    ['GET', '/docs%2f..%2fflows'],
    ['GET', '/docs/..%252fflows'],
    ['GET', '/livez/../flows'],
    ['GET', '/livez/%2e%2e/flows'],
    ['GET', '/media/../flows'],
    ['GET', '/flows;/livez'],
    ['GET', '/flows\\..\\docs'],
    ['GET', '/./flows'],
  ])('%s %s shows nothing', async (method, path) => {
    const answer = await server.send(method, path);
    // Swagger UI’s own folder may say that it has no such file.
    expect(path.startsWith('/docs') ? [400, 401, 404] : [401]).toContain(answer.status);
    expect(answer.text).not.toMatch(/"id":/);
  });

  it('tells nobody whether a resource exists', async () => {
    const flow = videoFlow();
    expect((await server.as('write', 'PUT', `/flows/${flow.id}`, flow)).status).toBe(201);
    const there = await server.send('GET', `/flows/${flow.id}`);
    const absent = await server.send('GET', `/flows/${randomUUID()}`);
    expect([there.status, absent.status]).toEqual([401, 401]);
    expect(there.body['detail']).toBe(absent.body['detail']);
    expect([...there.headers.keys()].sort()).toEqual([...absent.headers.keys()].sort());
    const unknown = await server.send('GET', '/no-such-path');
    expect(unknown.body['detail']).toBe(there.body['detail']);
  });

  it('leaves a body unread', async () => {
    const answer = await server.send('PUT', `/flows/${randomUUID()}`, { text: '{"this is not JSON' });
    expect(answer.status).toBe(401);
    const huge = await raw(
      'POST /flows/x/segments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n{',
    );
    expect(huge).toContain('401');
  });

  it('answers what is open: documentation, metrics and probes', async () => {
    for (const path of ['/docs', '/docs/swagger-ui.css', '/openapi.json', '/metrics', '/livez', '/readyz', '/health'])
      expect([path, (await server.send('GET', path)).status]).toEqual([path, 200]);
  });

  it('says no more of its health than whether it is well', async () => {
    // A machine that has no time for a second is degraded, and may be: this is about what is told to whom.
    const status = expect.stringMatching(/^(ok|degraded)$/) as string;
    expect((await server.send('GET', '/health')).body).toEqual({ status });
    expect((await server.as('nothing', 'GET', '/health')).body).toEqual({ status });
    expect((await server.as('read', 'GET', '/health')).body).toMatchObject({
      status,
      authentication: { modes: ['bearer', 'basic', 'url_token'], open_to_anybody: false },
      checks: { database: { status: 'up' } },
    });
    // Probes do not fail because somebody gives them stale credentials.
    const stale = { authorization: 'Bearer stale' };
    expect((await server.send('GET', '/livez', { headers: stale })).status).toBe(200);
    expect((await server.send('GET', '/health', { headers: stale })).status).toBe(401);
  });
});

describe('with credentials', () => {
  it('unknown paths are 404 and wrong methods 405, whatever the scope', async () => {
    for (const caller of ['read', 'nothing', 'admin'] as const) {
      expect((await server.as(caller, 'GET', '/nothing-here')).status).toBe(404);
      const wrong = await server.as(caller, 'PATCH', '/flows');
      expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect((await server.as(caller, 'OPTIONS', '/flows')).status).toBe(405);
      expect((await server.as(caller, 'OPTIONS', '/nothing-here')).status).toBe(404);
    }
  });

  it('bodies cannot reach into prototypes', async () => {
    const flow = videoFlow();
    for (const name of ['__proto__', 'constructor']) {
      const text = JSON.stringify(flow).replace('{', `{"${name}":{"prototype":{"isAdmin":true},"isAdmin":true},`);
      const answer = await server.send('PUT', `/flows/${flow.id}`, {
        headers: (await server.credentials('bearer', 'write')).headers,
        text,
      });
      expect(answer.status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect((await server.as('write', 'PUT', `/flows/${flow.id}`, flow)).status).toBe(201);
    const byPath = await server.as('write', 'PUT', `/flows/${flow.id}/tags/__proto__`, 'x');
    expect([byPath.status, byPath.body['errors']]).toEqual([
      400,
      [{ path: 'path.name', message: 'must not be __proto__' }],
    ]);
    expect((await server.as('write', 'GET', `/flows/${flow.id}?__proto__[isAdmin]=true`)).status).toBe(403);
  });

  it('headers cannot be forged through a request', async () => {
    const { headers } = await server.credentials('bearer', 'read');
    const token = headers['authorization'] ?? '';
    const answer = await raw(
      `GET /flows/%0d%0aSet-Cookie:x=1?limit=1%0d%0aX-Evil:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${token}\r\nX-Correlation-ID: a\u000bX-Evil: 1\r\n\r\n`,
    );
    expect(answer).not.toMatch(/^(set-cookie|x-evil)/im);
    const folded = await raw(
      `GET /flows HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic x\r\n Authorization: ${token}\r\n\r\n`,
    );
    expect(folded).toMatch(/^HTTP\/1\.1 40[01]/);
  });

  it('a spoofed address or identity counts for nothing', async () => {
    const spoofed = {
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-user': 'admin',
      'x-remote-user': 'admin',
      forwarded: 'for=1.2.3.4',
    };
    expect((await server.send('GET', '/flows', { headers: spoofed })).status).toBe(401);
    expect(server.auditEntries().at(-1)).toMatchObject({ source: '127.0.0.1' });
  });

  it('overriding the method does not go around the scope', async () => {
    const { headers } = await server.credentials('bearer', 'read');
    const answer = await server.send('PUT', `/flows/${randomUUID()}/label`, {
      headers: { ...headers, 'x-http-method-override': 'GET', 'x-original-url': '/docs', 'x-rewrite-url': '/docs' },
      body: 'x',
    });
    expect(answer.status).toBe(403);
  });
});

describe('media', () => {
  let uploaded: { put: string; get: string; plain: string };
  beforeAll(async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    const storage = await server.as('write', 'POST', `/flows/${flow.id}/storage`, { limit: 1 });
    const [object] = storage.body['media_objects'] as { object_id: string; put_url: { url: string } }[];
    const put = new URL(object!.put_url.url);
    const body = { object_id: object!.object_id, timerange: '[0:0_1:0)' };
    const stored = await fetch(put, { method: 'PUT', body: 'media', headers: { 'content-type': 'video/mp2t' } });
    expect(stored.status).toBe(200);
    const registered = await server.as('write', 'POST', `/flows/${flow.id}/segments`, body);
    expect(registered.status).toBe(201);
    const listing = await server.as('read', 'GET', `/flows/${flow.id}/segments?presigned=true`);
    const [segment] = listing.body as unknown as { get_urls: { url: string }[] }[];
    const get = segment!.get_urls[0]!.url;
    uploaded = { put: put.href, get, plain: `${new URL(get).origin}${new URL(get).pathname}` };
  });

  const relative = (url: string): string => new URL(url).pathname + new URL(url).search;

  it('with a signed URL needs no credentials', async () => {
    const answer = await server.send('GET', relative(uploaded.get));
    expect([answer.status, answer.text]).toEqual([200, 'media']);
  });

  it('without a signature needs the right to read, or to write', async () => {
    const path = relative(uploaded.plain);
    const anonymous = await server.send('GET', path);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="tams", Basic realm="tams", charset="UTF-8"',
    ]);
    expect((await server.as('read', 'GET', path)).text).toBe('media');
    expect((await server.as('read', 'GET', path, undefined, 'url_token')).text).toBe('media');
    expect((await server.as('write', 'GET', path)).status).toBe(403);
    expect((await server.as('read', 'PUT', path)).status).toBe(403);
    expect((await server.send('PUT', path)).status).toBe(401);
    expect((await server.send('HEAD', path)).status).toBe(401);
  });

  it('a signature that was changed, or made for something else, opens nothing', async () => {
    const get = new URL(uploaded.get);
    const changed = [
      get.href.replace(/expires=\d+/, 'expires=4000000000'),
      get.href.replace(/signature=[^&]+/, 'signature=AAAA'),
      `${get.href}&signature=AAAA`,
      get.href.replace(/expires=\d+&?/, ''),
      get.href.replace(/[^/]+\?/, `${randomUUID()}?`),
    ];
    for (const url of changed) expect((await server.send('GET', relative(url))).status).toBe(403);
    expect((await server.send('PUT', relative(uploaded.get))).status).toBe(403);
    expect((await server.send('GET', relative(uploaded.put))).status).toBe(403);
    // A signature for media opens nothing else.
    expect((await server.send('GET', `/flows${get.search}`)).status).toBe(401);
  });
});

describe('web pages of other origins', () => {
  const origin = 'https://player.example';
  const preflight = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization',
  };

  it('in development may call, preflights need no credentials, and may read what paging needs', async () => {
    const answer = await server.send('OPTIONS', '/flows', { headers: preflight });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization');
    const refused = await server.send('GET', '/flows', { headers: { origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    for (const header of ['Link', 'Location', 'ETag', 'X-Correlation-ID', 'X-Paging-NextKey', 'WWW-Authenticate'])
      expect(refused.headers.get('access-control-expose-headers')).toContain(header);
    expect(refused.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('may call when they are on the list, and not when they only look like it', async () => {
    const own = await AuthServer.start({ CORS_ALLOWED_ORIGINS: origin });
    try {
      const allowedFor = async (from: string): Promise<string | null> =>
        (await own.send('OPTIONS', '/flows', { headers: { ...preflight, origin: from } })).headers.get(
          'access-control-allow-origin',
        );
      expect(await allowedFor(origin)).toBe(origin);
      for (const other of ['https://player.example.evil', 'http://player.example', 'null', 'https://evil'])
        expect(await allowedFor(other)).toBeNull();
    } finally {
      await own.stop();
    }
  });
});

describe('every answer', () => {
  it('carries security headers', async () => {
    for (const answer of [await server.send('GET', '/flows'), await server.as('read', 'GET', '/flows')]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.has('strict-transport-security')).toBe(false);
    }
    const docs = await server.send('GET', '/docs');
    expect(docs.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(docs.headers.get('content-security-policy')).toContain(server.issuer.url);
  });
});

describe('limits', () => {
  it('count requests by principal, and by address for those nobody knows', async () => {
    const own = await AuthServer.start({ RATE_LIMIT_PER_MINUTE: '5' });
    try {
      const statuses = async (caller: 'read' | 'write', count: number): Promise<number[]> => {
        const answers = [];
        for (let request = 0; request < count; request += 1)
          answers.push((await own.as(caller, 'GET', '/service')).status);
        return answers;
      };
      expect(await statuses('read', 6)).toEqual([200, 200, 200, 200, 200, 429]);
      expect(await statuses('write', 2)).toEqual([200, 200]);
      const unknown = [];
      for (let request = 0; request < 6; request += 1) unknown.push((await own.send('GET', '/')).status);
      expect(unknown).toEqual([401, 401, 401, 401, 401, 429]);
      const limited = await own.as('read', 'GET', '/service');
      expect(limited.body).toMatchObject({ type: 'urn:x-tams:problem:rate-limited', status: 429 });
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await own.stop();
    }
  });

  it('answer a body that does not arrive with 408, and end its connection', async () => {
    const own = await AuthServer.start({ BODY_TIMEOUT_SECONDS: '1' });
    try {
      const { headers } = await own.credentials('bearer', 'write');
      const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
      socket.write(
        `PUT /flows/${randomUUID()} HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers['authorization'] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      );
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('error', () => undefined);
      const begin = Date.now();
      await once(socket, 'close');
      expect(Date.now() - begin).toBeLessThan(5_000);
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('urn:x-tams:problem:request-timeout');
    } finally {
      await own.stop();
    }
  });
});

describe('headers that do not arrive', () => {
  it('are answered with 408 although a byte comes now and then, and the connection ends', async () => {
    const own = await startTestServer({ HEADERS_TIMEOUT_SECONDS: '1' });
    try {
      const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
      socket.write('GET /flows HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      const trickle = setInterval(() => socket.write('a'), 100);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('error', () => undefined);
      await once(socket, 'close');
      clearInterval(trickle);
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('urn:x-tams:problem:request-timeout');
    } finally {
      await own.stop();
    }
  });
});

describe('AUTH_MODE=none', () => {
  let open: TestServer;
  beforeAll(async () => {
    open = await startTestServer();
  });
  afterAll(() => open.stop());

  it('lets everybody do everything, whatever credentials they send', async () => {
    expect((await sendTo(open.url, 'GET', '/flows')).status).toBe(200);
    expect((await sendTo(open.url, 'GET', '/flows', { headers: { authorization: 'Bearer x' } })).status).toBe(200);
    expect((await sendTo(open.url, 'GET', '/flows?access_token=x')).status).toBe(200);
    expect((await sendTo(open.url, 'POST', '/service', { body: { name: 'x' } })).status).toBe(200);
    expect((await sendTo(open.url, 'GET', '/service/access-tokens')).status).toBe(404);
    const health = await sendTo(open.url, 'GET', '/health');
    expect(health.body['authentication']).toEqual({ modes: ['none'], open_to_anybody: true });
  });

  it('together with others knows those who say who they are', async () => {
    const own = await AuthServer.start({ AUTH_MODE: 'none,bearer' });
    try {
      expect((await own.send('POST', '/service', { body: { name: 'x' } })).status).toBe(200);
      expect((await own.as('read', 'POST', '/service', { name: 'x' })).status).toBe(403);
      expect((await own.send('GET', '/flows', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
    } finally {
      await own.stop();
    }
  });
});

describe('AUTH_OPEN_PATHS=none', () => {
  it('closes documentation, health and metrics to those nobody knows', async () => {
    const own = await AuthServer.start({ AUTH_OPEN_PATHS: 'none' });
    try {
      for (const path of ['/docs', '/openapi.json', '/docs/swagger-ui.css', '/health', '/metrics']) {
        expect((await own.send('GET', path)).status).toBe(401);
        expect((await own.as('read', 'GET', path)).status).toBe(200);
        expect((await own.as('nothing', 'GET', path)).status).toBe(403);
      }
    } finally {
      await own.stop();
    }
  });
});
