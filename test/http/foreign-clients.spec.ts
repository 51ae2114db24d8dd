import { randomUUID } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { sendRaw } from '../support/raw-http';
import { startTestServer, type TestServer } from '../support/test-server';

/** What web clients, players and scripts in the field rely on, beyond what the specification says in so many words. */

let tams: TestServer;
let flowId: string;
let mediaUrl: string;
const origin = 'https://editor.example.com';

beforeAll(async () => {
  tams = await startTestServer({ CORS_ALLOWED_ORIGINS: origin });
  const flow = videoFlow();
  flowId = flow.id;
  await tams.client.put(`/flows/${flowId}`, flow);
  const storage = await tams.client.post<{ media_objects: { object_id: string; put_url: { url: string } }[] }>(
    `/flows/${flowId}/storage`,
    { limit: 2 },
  );
  for (const [second, { object_id, put_url }] of storage.body.media_objects.entries()) {
    await fetch(put_url.url, { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'media of the test' });
    await tams.client.post(`/flows/${flowId}/segments`, { object_id, timerange: `[${second}:0_${second + 1}:0)` });
  }
  const segments = await tams.client.get<{ get_urls: { url: string; presigned: boolean }[] }[]>(
    `/flows/${flowId}/segments`,
  );
  mediaUrl = segments.body[0]!.get_urls.find(({ presigned }) => presigned)!.url;
});
afterAll(() => tams.stop());

const statusOf = async (path: string, init: RequestInit = {}): Promise<number> =>
  (await fetch(tams.url + path, init)).status;
const count = async (query: string): Promise<number> =>
  ((await (await fetch(`${tams.url}/flows/${flowId}/segments?${query}`)).json()) as unknown[]).length;

it('ignores query parameters it does not know, as caches are evaded with', async () => {
  expect(await statusOf(`/flows?_t=${Date.now()}&nocache`)).toBe(200);
});

it('takes a JSON content type on requests without a body', async () => {
  const headers = { 'content-type': 'application/json' };
  expect(await statusOf('/flows', { headers })).toBe(200);
  const flow = videoFlow();
  await tams.client.put(`/flows/${flow.id}`, flow);
  expect(await statusOf(`/flows/${flow.id}`, { method: 'DELETE', headers })).toBe(204);
});

it('reads brackets in queries that were not escaped', async () => {
  const path = `/flows/${flowId}/segments?timerange=[0:0_1:0)`;
  const answer = await sendRaw(tams.url, `GET ${path} HTTP/1.1\r\nHost: tams\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"timerange":"[0:0_1:0)"');
});

it('knows the empty list of labels, no time and all of time', async () => {
  const [segment] = (await (await fetch(`${tams.url}/flows/${flowId}/segments?accept_get_urls=`)).json()) as {
    get_urls: unknown[];
  }[];
  expect(segment!.get_urls).toEqual([]);
  expect(await count('timerange=()')).toBe(0);
  expect(await count('timerange=_')).toBe(2);
});

it('links pages with rel alone, below the address the client used', async () => {
  const answer = await fetch(`${tams.url}/flows/${flowId}/segments?limit=1`);
  expect(answer.headers.get('link')).toMatch(/^<[^>]+>; rel="next"$/);
  expect(answer.headers.get('link')!.startsWith(`<${tams.url}/flows/${flowId}/segments?`)).toBe(true);
});

it('answers preflights without credentials, and tells other origins of errors too', async () => {
  const preflight = await fetch(`${tams.url}/flows/${flowId}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
  });
  expect([200, 204]).toContain(preflight.status);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  const missing = await fetch(`${tams.url}/flows/${randomUUID()}`, { headers: { origin } });
  expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
});

it('gives players ranges, the type, and headers they may read from any page', async () => {
  const answer = await fetch(mediaUrl, { headers: { range: 'bytes=0-4', origin: 'https://player.example.org' } });
  expect([answer.status, await answer.text()]).toEqual([206, 'media']);
  expect(answer.headers.get('content-type')).toBe('video/mp2t');
  expect(answer.headers.get('content-range')).toBe('bytes 0-4/17');
  expect(answer.headers.get('accept-ranges')).toBe('bytes');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-expose-headers')).toContain('Content-Range');
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
});
