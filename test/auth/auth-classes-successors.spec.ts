import { videoFlow } from '../support/flow-fixtures';
import { ClassServer } from './support/class-world';

/** A Flow that takes the id of one that was deleted inherits nothing of it: its rights end with it. */

let server: ClassServer;
beforeAll(async () => {
  server = await ClassServer.start();
});
afterAll(() => server.stop());

type Allocated = readonly { object_id: string; put_url: { url: string } }[];

/** Makes, as somebody of news, a Flow of the id that a Flow of sport had. */
async function succeed(flow: { id: string }): Promise<void> {
  expect((await server.as('class-admin', 'DELETE', `/flows/${flow.id}`)).status).toBe(204);
  const successor = videoFlow({ id: flow.id, tags: { auth_classes: ['news'] } });
  expect((await server.as('none', 'PUT', `/flows/${flow.id}`, successor)).status).toBe(201);
}

async function allocate(flowId: string): Promise<string> {
  const { body } = await server.make('POST', `/flows/${flowId}/storage`, { limit: 1 });
  const [object] = body['media_objects'] as Allocated;
  await fetch(object!.put_url.url, { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'secret' });
  return object!.object_id;
}

const segmentOf = (object_id: string) => ({ object_id, timerange: '[0:0_1:0)' });

it('does not inherit objects that were allocated and never registered', async () => {
  const flow = await server.flow(['sport']);
  const objectId = await allocate(flow.id);
  await succeed(flow);
  expect((await server.as('none', 'GET', `/media/${server.storageId}/${objectId}`)).status).toBe(404);
  const registered = await server.as('none', 'POST', `/flows/${flow.id}/segments`, segmentOf(objectId));
  expect([registered.status, registered.text]).toEqual([400, expect.stringContaining('object')]);
  // What is allocated for the successor is its own.
  const own = (await server.as('none', 'POST', `/flows/${flow.id}/storage`, { limit: 1 })).body['media_objects'];
  const again = await server.as(
    'none',
    'POST',
    `/flows/${flow.id}/segments`,
    segmentOf((own as Allocated)[0]!.object_id),
  );
  expect(again.status).toBe(201);
});

it('does not inherit objects whose last segment went with it', async () => {
  const flow = await server.flow(['sport']);
  const objectId = await allocate(flow.id);
  await server.register(flow.id, objectId);
  await succeed(flow);
  expect((await server.as('none', 'GET', `/media/${server.storageId}/${objectId}`)).status).toBe(404);
  const registered = await server.as('none', 'POST', `/flows/${flow.id}/segments`, segmentOf(objectId));
  expect(registered.status).toBe(400);
});

it('does not inherit the deletion request of its predecessor', async () => {
  const { flowId, 'request-id': requestId } = await server.world();
  const read = (caller: string) => server.as(caller, 'GET', `/flow-delete-requests/${requestId}`);
  expect([(await read('none')).status, (await read('delete')).status]).toEqual([404, 200]);
  await succeed({ id: flowId });
  expect([(await read('none')).status, (await read('delete')).status]).toEqual([404, 200]);
});
