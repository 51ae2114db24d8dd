import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { configureLogging, setLogLevel } from '@tams/telemetry';
import { videoFlow } from '../support/flow-fixtures';
import { sendAndHangUp, sendRaw } from '../support/raw-http';
import { startTestServer, type TestServer } from '../support/test-server';
import { LogLines } from '../telemetry/log-lines';
import { valueOf } from '../telemetry/scrape';

let tams: TestServer;
const log = new LogLines();

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const json = { 'content-type': 'application/json' };

async function problemOf(path: string, init: RequestInit): Promise<Problem> {
  const response = await fetch(`${tams.url}${path}`, init);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Problem;
}

const problemIn = (answer: string): Problem => JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as Problem;

describe('a client that hangs up during its body', () => {
  it('is counted once as an abort, and is no error of ours', async () => {
    configureLogging({ level: 'info', format: 'json', destination: log });
    const path = `/flows/${randomUUID()}`;
    const aborts = { method: 'PUT', endpoint: '/flows/{flowId}', status_code: '499' };
    const before = await valueOf('tams_http_requests_total', aborts);
    await sendAndHangUp(
      tams.url,
      `PUT ${path} HTTP/1.1\r\nHost: tams\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"id": `,
    );
    while ((await valueOf('tams_http_requests_total', aborts)) === before) await new Promise(setImmediate);
    expect(await valueOf('tams_http_requests_total', aborts)).toBe(before + 1);
    expect(await valueOf('tams_errors_total', { type: 'dependency-unavailable' })).toBe(0);
    expect(log.all().filter((line) => line['level'] !== 'info')).toEqual([]);
    expect(log.requests().filter((line) => line['path'] === path)).toMatchObject([{ status: 499 }]);
    setLogLevel('silent');
  });
});

describe('the Host header', () => {
  it.each(['evil.example/path', 'user@evil.example', 'a b', 'evil.example:port', '<script>', 'a,b', '[::1'])(
    '%s is refused',
    async (host) => {
      const answer = await sendRaw(tams.url, `GET /flows HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(problemIn(answer)).toMatchObject({ type: 'urn:x-tams:problem:malformed-host', status: 400 });
    },
  );

  it.each(['tams', 'tams.localhost:8000', '127.0.0.1:1', '192.0.2.1', '[::1]:8000', 'my_host'])(
    '%s is a host',
    async (host) => {
      const answer = await sendRaw(tams.url, `GET /flows HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('is one that no page elsewhere can take, where nobody is asked who they are', async () => {
    const answer = await sendRaw(tams.url, 'GET /flows HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(problemIn(answer)).toMatchObject({ type: 'urn:x-tams:problem:host-not-allowed', status: 403 });
    const own = await startTestServer({ ALLOWED_HOSTS: 'Tams.Example', PUBLIC_BASE_URL: 'http://store.example/tams' });
    for (const host of ['tams.example:8000', 'store.example']) {
      const welcome = await sendRaw(own.url, `GET /flows HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(welcome).toMatch(/^HTTP\/1\.1 200 /);
    }
    await own.stop();
  });

  it('stands there once', async () => {
    const twice = 'GET /flows HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\nConnection: close\r\n\r\n';
    expect(problemIn(await sendRaw(tams.url, twice))).toMatchObject({
      type: 'urn:x-tams:problem:malformed-host',
      status: 400,
    });
  });

  it('is required, but for HTTP/1.0', async () => {
    const without = await sendRaw(tams.url, 'GET /flows HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(problemIn(without)).toMatchObject({ type: 'urn:x-tams:problem:malformed-host', status: 400 });
    expect(await sendRaw(tams.url, 'GET /flows HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('what never becomes a request', () => {
  it.each([
    ['a method that does not exist', 'NONSENSE /flows HTTP/1.1\r\nHost: tams\r\n\r\n', 400],
    ['a request line of nonsense', '\x16\x03\x01nonsense\r\n\r\n', 400],
    ['headers without end', `GET /flows HTTP/1.1\r\nHost: tams\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is answered with problem details', async (_case, bytes, status) => {
    const answer = await sendRaw(tams.url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(problemIn(answer)).toEqual({
      type: expect.stringMatching(/^urn:x-tams:problem:/) as string,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      message: expect.any(String) as string,
    });
  });

  it.each(['TRACE', 'PROPFIND', 'MKCOL'])('%s of a known path is a 405 with Allow', async (method) => {
    const answer = await sendRaw(tams.url, `${method} /sources HTTP/1.1\r\nHost: tams\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/\r\nallow: GET, HEAD\r\n/i);
    expect(problemIn(answer)).toMatchObject({ status: 405 });
  });
});

describe('bodies', () => {
  it('are not missed in a DELETE that announces JSON and sends nothing', async () => {
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    await tams.client.put(`/flows/${flow.id}/label`, 'x');
    for (const headers of [json, { ...json, 'content-length': '0' }]) {
      const response = await fetch(`${tams.url}/flows/${flow.id}/label`, { method: 'DELETE', headers });
      expect(response.status).toBe(204);
    }
    expect((await fetch(`${tams.url}/flows`, { headers: json })).status).toBe(200);
    expect((await fetch(`${tams.url}/flows`, { method: 'HEAD', headers: json })).status).toBe(200);
  });

  it.each(['PUT', 'POST'])('are missed in a %s', async (method) => {
    const path = method === 'PUT' ? `/flows/${randomUUID()}` : '/service';
    expect(await problemOf(path, { method, headers: json })).toMatchObject({
      type: 'urn:x-tams:problem:body-missing',
      status: 400,
    });
  });

  it('that are not JSON say where, once', async () => {
    const problem = await problemOf('/service', { method: 'POST', headers: json, body: '{"name": oops}' });
    expect(problem.type).toBe('urn:x-tams:problem:not-json');
    expect(problem.detail).toContain("Unexpected token 'o'");
    expect(problem.detail.match(/JSON/g)).toHaveLength(1);
  });

  it.each([
    ['{"tags":{"__proto__":{"admin":true}}}', 'body.tags.__proto__'],
    ['{"tags":{"\\u005f_proto__":"x"}}', 'body.tags.__proto__'],
    ['[{"constructor":{"prototype":{}}}]', 'body.0.constructor'],
  ])('%s are refused for their key', async (body, path) => {
    const problem = await problemOf('/service', { method: 'POST', headers: json, body });
    expect(problem).toMatchObject({ status: 400, errors: [{ path }] });
    expect(problem.detail).toContain('is refused, because programs take it for the prototype');
  });
});

describe('a compressed body', () => {
  it('is refused as such, whatever is in it', async () => {
    const init = { method: 'PUT', headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{}') };
    const problem = await problemOf(`/flows/${randomUUID()}`, init);
    expect(problem).toMatchObject({ status: 415, type: 'urn:x-tams:problem:content-encoding-unsupported' });
    expect(problem.detail).toContain('gzip');
  });
});

describe('a tag filter with the placeholder of the documentation', () => {
  it.each(['tag.{name}=news', 'tag_exists.{name}=true'])('?%s says what to write', async (query) => {
    const problem = await problemOf(`/flows?${query}`, {});
    expect(problem.status).toBe(400);
    expect(problem.detail).toContain(query.replace('{name}', 'genre').split('=')[0]);
  });
});

describe('pages of other origins', () => {
  it.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['http://localhost.evil.example', 403],
    ['http://localhost:5173', 201],
    ['http://[::1]:5173', 201],
  ])('%s: a change is answered %i where nobody is asked who they are', async (origin, status) => {
    const flow = videoFlow();
    const headers = { ...json, origin };
    const answer = await fetch(`${tams.url}/flows/${flow.id}`, { method: 'PUT', headers, body: JSON.stringify(flow) });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      status,
      status === 201 ? origin : null,
    ]);
  });
});

it('of several addresses that clients and proxies name, as many as there are proxies are believed', async () => {
  const lines = new LogLines();
  const own = await startTestServer({ TRUST_PROXY: '1', AUTH_MODE: 'none' });
  configureLogging({ level: 'info', format: 'json', destination: lines });
  const headers = { ...json, 'x-forwarded-for': '198.51.100.1, 192.0.2.7' };
  const flow = videoFlow();
  await fetch(`${own.url}/flows/${flow.id}`, { method: 'PUT', headers, body: JSON.stringify(flow) });
  expect(lines.all().find((line) => line['audit'] === 'change')).toMatchObject({ source: '192.0.2.7' });
  await fetch(`${own.url}/flows/none`, { headers: { 'x-forwarded-for': 'x","status":200,"principal":"admin' } });
  const forged = lines.requests().find((line) => line['path'] === '/flows/none');
  expect(forged).toMatchObject({ status: 404, client: '127.0.0.1' });
  expect(forged).not.toHaveProperty('principal', 'admin');
  setLogLevel('silent');
  await own.stop();
});
