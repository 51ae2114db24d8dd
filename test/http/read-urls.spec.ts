import { randomUUID } from 'node:crypto';
import { Configuration } from '@tams/platform';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer } from '../support/test-server';
import { openTestStorage, type TestStorage } from '../support/test-storage';

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.remove());

/** Seconds a signed URL is valid from now, whether of the embedded store or of S3. */
function validity(text: string): number {
  const { searchParams } = new URL(text);
  const seconds = searchParams.get('X-Amz-Expires');
  return seconds === null ? Number(searchParams.get('expires')) - Date.now() / 1000 : Number(seconds);
}

async function urlsOf(environment: Record<string, string>): Promise<{ put: number; get: number; promised: string }> {
  const tams = await startTestServer({ ...storage.environment, ...environment });
  try {
    const flow = videoFlow();
    const object_id = randomUUID();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const places = await tams.client.post<{ media_objects: { put_url: { url: string } }[] }>(
      `/flows/${flow.id}/storage`,
      { object_ids: [object_id] },
    );
    await tams.client.post(`/flows/${flow.id}/segments`, { object_id, timerange: '[0:0_1:0)' });
    const segments = await tams.client.get<{ get_urls: { url: string; presigned: boolean }[] }[]>(
      `/flows/${flow.id}/segments`,
    );
    const service = await tams.client.get<{ min_presigned_url_timeout: string }>('/service');
    return {
      put: validity(places.body.media_objects[0]!.put_url.url),
      get: validity(segments.body[0]!.get_urls.find(({ presigned }) => presigned)!.url),
      promised: service.body.min_presigned_url_timeout,
    };
  } finally {
    await tams.stop();
  }
}

it('outlive upload URLs, as long as a film; what the service promises is the shorter', async () => {
  const { put, get, promised } = await urlsOf({});
  expect(put).toBeGreaterThan(590);
  expect(put).toBeLessThan(700);
  expect(get).toBeGreaterThan(4 * 3600 - 10);
  expect(get).toBeLessThan(4 * 3600 + 70);
  expect(promised).toBe('600:0');
});

it('have a setting of their own', async () => {
  const { get } = await urlsOf({ READ_URL_TIMEOUT_SECONDS: '1200' });
  expect(get).toBeGreaterThan(1190);
  expect(get).toBeLessThan(1270);
});

it('keep the bytes they lead to: nothing is collected before they end, unless that is set', () => {
  const grace = (environment: Record<string, string>): number =>
    new Configuration(environment).unreferencedObjectGraceSeconds;
  expect(grace({})).toBe(4 * 3600 + 65);
  expect(grace({ READ_URL_TIMEOUT_SECONDS: '86400' })).toBe(86_465);
  expect(grace({ UNREFERENCED_OBJECT_GRACE_SECONDS: '0' })).toBe(0);
});

it('may not be shorter than the service promises', () => {
  expect(() => new Configuration({ READ_URL_TIMEOUT_SECONDS: '60' })).toThrow('READ_URL_TIMEOUT_SECONDS');
});
