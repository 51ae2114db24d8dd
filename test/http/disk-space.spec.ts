import { randomBytes } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

let tams: TestServer | undefined;
afterEach(() => tams?.stop());

async function upload(environment: Record<string, string>, sizeBytes: number, streamed: boolean) {
  tams = await startTestServer(environment);
  const flow = videoFlow();
  await tams.client.put(`/flows/${flow.id}`, flow);
  const { body } = await tams.client.post<{ media_objects: { put_url: { url: string } }[] }>(
    `/flows/${flow.id}/storage`,
    { limit: 1 },
  );
  const bytes = new Uint8Array(randomBytes(sizeBytes));
  const response = await fetch(body.media_objects[0]!.put_url.url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp2t' },
    body: streamed ? new Blob([bytes]).stream() : bytes,
    ...(streamed && { duplex: 'half' }),
  });
  return { status: response.status, retry: response.headers.get('retry-after'), type: await typeOf(response) };
}

async function typeOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as { type: unknown }).type;
}

it.each([false, true])('refuses an object that is too large, announced or not (streamed: %s)', async (streamed) => {
  const answer = await upload({ MAX_OBJECT_BYTES: '1000' }, 1001, streamed);
  expect([answer.status, answer.type]).toEqual([413, 'urn:x-tams:problem:object-too-large']);
});

it('takes one that is as large as may be', async () => {
  expect((await upload({ MAX_OBJECT_BYTES: '1000' }, 1000, true)).status).toBe(200);
});

it('refuses uploads where less than the floor is free', async () => {
  const answer = await upload({ STORAGE_MIN_FREE_BYTES: String(2 ** 52) }, 10, false);
  expect(answer).toEqual({ status: 503, retry: '30', type: 'urn:x-tams:problem:storage-full' });
});
