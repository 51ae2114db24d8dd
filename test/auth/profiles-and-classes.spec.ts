import { randomUUID } from 'node:crypto';
import { ClassServer } from './support/class-world';

/** A Profile is kept by whoever may write, for everybody: it must not decide whom a Flow belongs to. */

let server: ClassServer;

beforeAll(async () => {
  server = await ClassServer.start();
});
afterAll(() => server.stop());

const technical = {
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  essence_parameters: { frame_width: 16, frame_height: 9, frame_rate: { numerator: 25 } },
};

/** A Profile as an older version kept it, past every check. */
async function keptProfile(metadata: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  await server.database.query('INSERT INTO profiles (id, flow_metadata) VALUES ($1, $2)', [
    id,
    { ...technical, ...metadata },
  ]);
  return id;
}

it('is refused when it brings classes', async () => {
  const id = randomUUID();
  const flow_metadata = { ...technical, tags: { auth_classes: ['news'] } };
  const answer = await server.as('write', 'POST', `/service/profiles/${id}`, { id, flow_metadata });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('body.flow_metadata.tags')]);
});

it('gives no classes to a Flow: who makes it says whose it is', async () => {
  const profile_id = await keptProfile({ tags: { auth_classes: ['sport'] } });
  const flow = { id: randomUUID(), source_id: randomUUID(), profile_id };
  const refused = await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
  expect([refused.status, refused.body['type']]).toEqual([403, 'urn:x-tams:problem:own-class-missing']);

  const own = { ...flow, tags: { auth_classes: ['sport'] } };
  expect((await server.as('write', 'PUT', `/flows/${flow.id}`, own)).status).toBe(201);
  await server.make('PUT', `/flows/${flow.id}`, flow);
  expect((await server.make('GET', `/flows/${flow.id}`)).body).not.toHaveProperty('tags');
});
