import { multiFlow, videoFlow } from '../support/flow-fixtures';
import { WebhookReceiver } from '../support/webhook-receiver';
import { ClassServer } from './support/class-world';
import { everyEvent } from '../events/webhook-fixtures';

/** Webhooks tell of what their owner may read when it happens, to a real receiver, and of nothing else. */

let server: ClassServer;
let receiver: WebhookReceiver;
beforeAll(async () => {
  server = await ClassServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

/** Registers a webhook of a caller. @returns its id */
async function listen(caller: string, own: string, path = '/'): Promise<string> {
  const body = { url: `${receiver.url}${path}`, events: everyEvent, tags: { auth_classes: [own] } };
  const answer = await server.as(caller, 'POST', '/service/webhooks', body);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body['id'] as string;
}

/** Waits for an event every webhook may be told of, that comes after all before it. @returns what came, by path */
async function settled(paths: readonly string[]): Promise<Map<string, string[]>> {
  const last = await server.flow(['sport', 'news'], { label: 'the last' });
  const came = (path: string) =>
    receiver.accepted.filter((message) => message.path === path).map(({ raw }) => raw.toString());
  const told = (path: string) => came(path).some((text) => text.includes(last.id) && text.includes('flows/created'));
  await receiver.until(() => paths.every(told), 'the last event everywhere');
  return new Map(paths.map((path) => [path, came(path)]));
}

it('every kind of event reaches who may read, and nobody else', async () => {
  await listen('read', 'sport', '/sport');
  await listen('none', 'news', '/news');
  await server.make('POST', '/service/webhooks', { url: `${receiver.url}/all`, events: everyEvent });
  const flow = await server.flow(['sport']);
  await server.make('PUT', `/flows/${flow.id}/label`, 'changed');
  await server.make('PUT', `/sources/${flow.source_id}/label`, 'changed');
  const objectId = await server.object(flow.id);
  await server.make('DELETE', `/flows/${flow.id}/segments`);
  await server.make('DELETE', `/flows/${flow.id}`);
  const came = await settled(['/sport', '/news', '/all']);
  const kinds = (path: string) =>
    new Set(
      came
        .get(path)!
        .filter((text) => [flow.id, flow.source_id].some((id) => text.includes(id)))
        .map((text) => (JSON.parse(text) as { event_type: string }).event_type),
    );
  expect([...kinds('/sport')].sort()).toEqual(everyEvent.toSorted());
  expect([...kinds('/all')].sort()).toEqual(everyEvent.toSorted());
  expect(kinds('/news').size).toBe(0);
  expect(came.get('/news')!.some((text) => text.includes(objectId))).toBe(false);
});

it('is judged when it happens: by the classes of that moment', async () => {
  await listen('none', 'news', '/news');
  const flow = await server.flow(['sport', 'news']);
  await server.make('PUT', `/flows/${flow.id}/tags/auth_classes`, ['sport']);
  await server.make('PUT', `/flows/${flow.id}/description`, 'a secret');
  const came = await settled(['/news']);
  const told = came.get('/news')!.filter((text) => text.includes(flow.id));
  expect(told.map((text) => (JSON.parse(text) as { event_type: string }).event_type)).toEqual(['flows/created']);
});

it('leaves out of a Flow what tells of others', async () => {
  await listen('none', 'news', '/news');
  const [open, closed] = [await server.flow(['news']), await server.flow(['sport'])];
  const flow = multiFlow([{ id: closed.id }, { id: open.id }], { tags: { auth_classes: ['news'] } });
  await server.make('PUT', `/flows/${flow.id}`, flow);
  const around = multiFlow([{ id: open.id }], { tags: { auth_classes: ['sport'] } });
  await server.make('PUT', `/flows/${around.id}`, around);
  await server.make('PUT', `/flows/${open.id}/label`, 'changed');
  const came = await settled(['/news']);
  const all = came.get('/news')!.join();
  for (const id of [closed.id, closed.source_id, around.id, around.source_id]) expect(all).not.toContain(id);
  const created = came.get('/news')!.find((text) => text.includes(flow.id) && text.includes('flows/created'))!;
  const { event } = JSON.parse(created) as { event: { flow: Record<string, unknown> } };
  expect(event.flow['flow_collection']).toEqual([{ id: open.id }]);
});

it('what a webhook may tell of never grows, whoever replaces it', async () => {
  const id = await listen('read', 'sport', '/before');
  const body = {
    id,
    url: `${receiver.url}/after`,
    events: everyEvent,
    tags: { auth_classes: ['sport'] },
    status: 'created',
  };
  const answer = await server.as('administrator', 'PUT', `/service/webhooks/${id}`, body);
  expect(answer.status).toBe(201);
  const flow = await server.flow(['news']);
  const came = await settled(['/after']);
  expect(came.get('/after')!.join()).not.toContain(flow.id);
});

it('what is owed already is given up when its new owner may not read it', async () => {
  receiver.react = (message) => ({ status: message.path === '/stuck' ? 500 : 204 });
  const webhook = { url: `${receiver.url}/stuck`, events: everyEvent, tags: { auth_classes: ['news', 'sport'] } };
  const { body } = await server.make('POST', '/service/webhooks', webhook);
  const id = body['id'] as string;
  const secret = await server.flow(['sport']);
  await receiver.until(() => receiver.messages.length > 0, 'an attempt');
  const replacement = { ...webhook, id, url: `${receiver.url}/taken`, status: 'created' };
  expect((await server.as('none', 'PUT', `/service/webhooks/${id}`, replacement)).status).toBe(201);
  expect((await server.as('none', 'POST', `/service/webhooks/${id}/replay?since=2026-01-01T00:00:00Z`)).status).toBe(
    202,
  );
  const came = await settled(['/taken']);
  expect(came.get('/taken')!.join()).not.toContain(secret.id);
  const history = await server.as('none', 'GET', `/service/webhooks/${id}/deliveries`);
  expect(history.status).toBe(200);
  expect(history.text).not.toContain(secret.id);
  expect((await server.make('GET', `/service/webhooks/${id}/deliveries`)).text).toContain(secret.id);
});

it('a webhook made while classes were off tells of nothing until somebody replaces it', async () => {
  const id = await listen('read', 'sport', '/before');
  await listen('read', 'sport', '/other');
  await server.database.query('UPDATE webhooks SET reach_all = false, reach = NULL WHERE id = $1', [id]);
  const flow = await server.flow(['sport']);
  expect((await settled(['/other'])).get('/other')!.join()).toContain(flow.id);
  const body = {
    id,
    url: `${receiver.url}/after`,
    events: everyEvent,
    tags: { auth_classes: ['sport'] },
    status: 'created',
  };
  expect((await server.as('class-admin', 'PUT', `/service/webhooks/${id}`, body)).status).toBe(201);
  const later = await server.flow(['sport']);
  const came = (await settled(['/after'])).get('/after')!.join();
  expect([came.includes(flow.id), came.includes(later.id)]).toEqual([false, true]);
  expect(receiver.messages.filter(({ path }) => path === '/before')).toEqual([]);
});

it('media of a Flow that is not the owner’s is never told of', async () => {
  await listen('none', 'news', '/news');
  const [hidden, own] = [await server.flow(['sport']), videoFlow({ tags: { auth_classes: ['news'] } })];
  await server.as('none', 'PUT', `/flows/${own.id}`, own);
  const [secret, shown] = [await server.object(hidden.id), await server.object(own.id)];
  const came = (await settled(['/news'])).get('/news')!.join();
  expect([came.includes(secret), came.includes(shown)]).toEqual([false, true]);
});
