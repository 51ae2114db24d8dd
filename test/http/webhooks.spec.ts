import { randomUUID } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';

type Json = Record<string, unknown>;
interface Problem {
  readonly type: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

let tams: TestServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  tams = await startTestServer({
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '1',
    WEBHOOK_RETRY_LONGEST_SECONDS: '1',
    WEBHOOK_RETRY_BUDGET_SECONDS: '1',
  });
});
afterAll(async () => {
  await tams.stop();
  await receiver.stop();
});

const example = (changes: Json = {}): Json => ({
  url: 'https://hook.example.invalid/',
  api_key_name: 'Authorization',
  api_key_value: 'Bearer 21238dksdjqwpqscj9',
  events: ['flows/created', 'flows/updated'],
  ...changes,
});

async function create(changes: Json = {}): Promise<Json & { id: string; status: string }> {
  const answer = await tams.client.post<Json & { id: string; status: string }>('/service/webhooks', example(changes));
  expect(answer.status).toBe(201);
  return answer.body;
}

/** Reads until a webhook has the status: the worker moves it within milliseconds. */
async function reaching(id: string, status: string): Promise<Json> {
  for (const deadline = Date.now() + 10_000; ;) {
    const { body } = await tams.client.get<Json>(`/service/webhooks/${id}`);
    if (body['status'] === status) return body;
    if (Date.now() > deadline) throw new Error(`Webhook ${id} stays ${String(body['status'])}, not ${status}`);
  }
}

const put = (webhook: Json, changes: Json): Promise<{ status: number; body: Json }> =>
  tams.client.put<Json>(`/service/webhooks/${String(webhook['id'])}`, {
    ...webhook,
    error: undefined,
    status: 'created',
    ...changes,
  });

describe('GET /service', () => {
  it('says that there are webhooks', async () => {
    const { body } = await tams.client.get<Json>('/service');
    expect(body['event_stream_mechanisms']).toContainEqual(expect.objectContaining({ name: 'webhooks' }));
  });
});

describe('a webhook', () => {
  it('is registered, read, changed and deleted; its key is never shown', async () => {
    const options = {
      flow_ids: [randomUUID()],
      source_ids: [randomUUID()],
      flow_collected_by_ids: [],
      source_collected_by_ids: [randomUUID()],
      accept_get_urls: [],
      accept_storage_ids: [randomUUID()],
      presigned: false,
      verbose_storage: true,
      include_object_timerange: true,
      tags: { team: 'archive', kinds: ['a', 'b'] },
    };
    const created = await create(options);
    expect(created).toEqual({
      ...example(options),
      api_key_value: undefined,
      id: expect.any(String) as string,
      status: 'created',
    });
    const path = `/service/webhooks/${created.id}`;
    const { status, bytes } = await tams.client.get(path);
    expect(status).toBe(200);
    expect(bytes.toString()).not.toContain('21238dksdjqwpqscj9');
    expect((await tams.client.head(path)).status).toBe(200);

    const changed = await put(created, { url: 'https://hook.example.invalid/other', events: [], tags: undefined });
    expect(changed.status).toBe(201);
    expect(changed.body).toMatchObject({ id: created.id, url: 'https://hook.example.invalid/other', events: [] });
    expect(changed.body).not.toHaveProperty('tags');
    expect((await tams.client.delete(path)).status).toBe(204);
    expect((await tams.client.get(path)).status).toBe(404);
    expect((await tams.client.delete(path)).status).toBe(404);
    expect((await put(created, {})).status).toBe(404);
    expect((await tams.client.get('/service/webhooks/not-a-uuid')).status).toBe(404);
  });

  it('may share its URL with others', async () => {
    expect((await create()).id).not.toBe((await create()).id);
  });

  it.each<[string, Json, string]>([
    ['no URL', { url: undefined }, 'url'],
    ['a relative URL', { url: '/hook' }, 'url'],
    ['another scheme', { url: 'ftp://hook.example.com/' }, 'url'],
    ['a password in the URL', { url: 'https://user:secret@hook.example.com/' }, 'url'],
    ['a private address', { url: 'http://10.0.0.7/hook' }, 'url'],
    ['an address in disguise', { url: 'http://0xA9FEA9FE/latest/meta-data' }, 'url'],
    ['no events', { events: undefined }, 'events'],
    ['an unknown event', { events: ['flows/eaten'] }, 'events.0'],
    ['a header that is none', { api_key_name: 'X Key' }, 'api_key_name'],
    ['a header of the connection', { api_key_name: 'Transfer-Encoding' }, 'api_key_name'],
    ['a header of the delivery', { api_key_name: 'Webhook-Signature' }, 'api_key_name'],
    ['a value that smuggles a header', { api_key_value: 'x\r\nHost: evil' }, 'api_key_value'],
    ['an id that is none', { flow_ids: ['x'] }, 'flow_ids.0'],
    ['a status only the server sets', { status: 'started' }, 'status'],
  ])('is refused with %s', async (_, changes, field) => {
    const answer = await tams.client.post<Problem>('/service/webhooks', example(changes));
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ path }) => path)).toEqual([`body.${field}`]);
    expect(answer.bytes.toString()).not.toContain('21238dksdjqwpqscj9');
  });

  it('must be addressed by its own id', async () => {
    const webhook = await create();
    expect((await put(webhook, { id: undefined })).status).toBe(400);
    const other = { ...webhook, id: randomUUID(), status: 'created' };
    expect((await tams.client.put(`/service/webhooks/${webhook.id}`, other)).status).toBe(400);
  });
});

describe('the status of a webhook', () => {
  it('goes from created to started by itself, and from there to disabled and back', async () => {
    const webhook = await create();
    expect(webhook.status).toBe('created');
    const started = await reaching(webhook.id, 'started');
    expect((await put(started, { status: 'started' })).status).toBe(400);
    expect((await put(started, { status: 'error' })).status).toBe(400);
    expect((await put(started, { status: undefined })).status).toBe(400);
    expect((await put(started, { status: 'disabled' })).body['status']).toBe('disabled');
    expect((await put(started, { status: 'disabled', tags: { still: 'off' } })).status).toBe(201);
    expect((await put(started, {})).body['status']).toBe('created');
    await reaching(webhook.id, 'started');
  });

  it('can be disabled from the beginning', async () => {
    const webhook = await create({ status: 'disabled' });
    expect(webhook.status).toBe('disabled');
    expect((await tams.client.get<Json>(`/service/webhooks/${webhook.id}`)).body['status']).toBe('disabled');
  });

  it('becomes error when the receiver fails for too long; from there only to created', async () => {
    const failing = await WebhookReceiver.start(() => ({ status: 503 }));
    const webhook = await create({ url: failing.url, events: ['sources/created'] });
    const flow = { ...videoFlow() };
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    const stopped = await reaching(webhook.id, 'error');
    expect(stopped['error']).toMatchObject({
      type: 'delivery-failed',
      summary: expect.stringMatching(/sources\/created.*attempts.*answered 503/) as string,
      traceback: expect.arrayContaining([expect.stringContaining('answered 503')]) as string[],
    });
    const refused = await tams.client.put<Problem>(`/service/webhooks/${webhook.id}`, {
      ...webhook,
      status: 'disabled',
    });
    expect([refused.status, refused.body.errors[0]?.path]).toEqual([400, 'body.status']);
    failing.react = () => ({ status: 200 });
    const restarted = await put(stopped, {});
    expect([restarted.status, restarted.body['status']]).toEqual([201, 'created']);
    expect(restarted.body).not.toHaveProperty('error');
    await failing.accepts(1);
    await failing.stop();
  });
});

describe('GET /service/webhooks', () => {
  it('sorts by URL, filters by tags, and pages', async () => {
    const marker = randomUUID();
    const names = ['c', 'a', 'B', 'a'];
    for (const [index, name] of names.entries()) {
      await create({ url: `https://hook.example.invalid/${name}`, tags: { marker, index: String(index) } });
    }
    const list = async (query: Record<string, string>): Promise<string[]> => {
      const found: Json[] = [];
      for (let page: string | undefined; ;) {
        const answer = await tams.client.get<Json[]>('/service/webhooks', {
          query: { 'tag.marker': marker, limit: 2, ...query, page },
        });
        expect(answer.status).toBe(200);
        found.push(...answer.body);
        page = answer.headers.get('x-paging-nextkey') ?? undefined;
        if (!page) return found.map((webhook) => String(webhook['url']).slice(-1));
      }
    };
    expect(await list({})).toEqual(['B', 'a', 'a', 'c']);
    expect(await list({ reverse_order: 'true' })).toEqual(['c', 'a', 'a', 'B']);
    expect(await list({ 'tag.index': '0,2' })).toEqual(['B', 'c']);
    expect(await list({ 'tag_exists.index': 'false' })).toEqual([]);
    expect((await tams.client.head('/service/webhooks')).status).toBe(200);
    expect((await tams.client.get('/service/webhooks', { query: { page: 'x' } })).status).toBe(400);
  });
});
