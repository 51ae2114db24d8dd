import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

let tams: TestServer;

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));

describe('a tag set by its address', () => {
  it.each(['flows', 'sources'] as const)('of %s has a bounded name, and there are only so many', async (resource) => {
    const flow = { ...videoFlow(), tags: many(999) };
    await tams.client.put(`/flows/${flow.id}`, flow);
    const place = `/${resource}/${resource === 'flows' ? flow.id : flow.source_id}/tags`;

    const named = await tams.client.put(`${place}/${'n'.repeat(501)}`, 'x');
    expect(named).toMatchObject({ status: 400, body: { errors: [{ path: 'path.name' }] } });
    expect((await tams.client.put(`${place}/long`, 'x'.repeat(10_001))).status).toBe(400);

    expect((await tams.client.put(`${place}/last`, 'x')).status).toBe(204);
    expect((await tams.client.put(`${place}/last`, 'changed')).status).toBe(204);
    const oneMore = await tams.client.put(`${place}/one-more`, 'x');
    expect(oneMore.status).toBe(400);
    expect(oneMore.body).toMatchObject({ detail: expect.stringContaining('1000 are the most') as string });
  });
});

describe('a malformed identifier', () => {
  it('is named with its parameter', async () => {
    const answer = await tams.client.raw({ method: 'GET', path: '/flows/x', check: false });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      detail: 'There is no such resource: the flowId in the path must be a lower-case UUID.',
    });
  });
});

describe('the name of the service', () => {
  it('must not be empty', async () => {
    const answer = await tams.client.post('/service', { name: '' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.name', message: 'must not be empty' }] },
    });
  });
});
