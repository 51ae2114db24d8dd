import { randomUUID } from 'node:crypto';
import type { Clause } from '../clause';
import { ClauseBroken, holds, NotOffered, type Sandbox } from '../sandbox';

/** Most objects a listing of the kit reads of a server that others use too. */
const PAGE = 3;

/** What every server says of itself, and how every listing is paged. */
export const serviceClauses: readonly Clause[] = [
  {
    of: 'GET /',
    rule: 'lists the top-level paths; HEAD answers the same without a body',
    run: async ({ client }: Sandbox): Promise<void> => {
      const { body } = await client.get<string[]>('/');
      holds(
        ['service', 'flows', 'sources'].every((path) => body.includes(path)),
        `it lists ${body.join(', ')}`,
      );
      await client.head('/');
    },
  },
  {
    of: 'GET /service',
    rule: 'describes the server, with api_version 8.x and timeouts in the order the schema asks for',
    run: async ({ client }: Sandbox): Promise<void> => {
      const { body } = await client.get<Record<string, string>>('/service');
      holds(/^8\./.test(body['api_version'] ?? ''), `api_version is ${String(body['api_version'])}`);
      const [object, url] = ['min_object_timeout', 'min_presigned_url_timeout'].map((name) =>
        Number.parseInt(body[name] ?? 'NaN', 10),
      );
      if (object !== undefined && url !== undefined && object + url > 0)
        holds(url <= object, `min_presigned_url_timeout (${url} s) is longer than min_object_timeout (${object} s)`);
      await client.head('/service');
    },
  },
  {
    of: 'GET /service/storage-backends',
    rule: 'lists the storage backends, of which at most one is the default',
    run: async ({ client }: Sandbox): Promise<void> => {
      const { body } = await client.get<{ default_storage?: boolean }[]>('/service/storage-backends');
      const defaults = body.filter(({ default_storage }) => default_storage === true).length;
      holds(defaults <= 1, `${defaults} backends have default_storage`);
    },
  },
  {
    of: 'GET /service/profiles',
    rule: 'lists profiles, and knows no profile of a random id',
    run: async ({ client }: Sandbox): Promise<void> => {
      await client.get('/service/profiles', { query: { limit: PAGE } });
      const { status } = await client.get(`/service/profiles/${randomUUID()}`);
      holds(status === 404, `an unknown profile is ${status}, not 404`);
    },
  },
  ...['/flows', '/sources', '/service/profiles', '/flow-delete-requests'].map((path): Clause => ({
    of: `GET ${path}`,
    rule: 'pages with Link, X-Paging-NextKey and X-Paging-Limit, and refuses a limit that is no number',
    run: async ({ client }: Sandbox): Promise<void> => {
      const first = await client.get(path, { query: { limit: 1 } });
      if (first.headers.get('link')) await client.next(first);
      if (path === '/flow-delete-requests') return;
      const { status } = await client.get(path, { query: { limit: 'many' } });
      holds(status === 400, `limit=many is ${status}, not 400`);
    },
  })),
  ...['/flows', '/sources', '/objects'].map((path): Clause => ({
    of: `GET ${path}/{id}`,
    rule: 'is 404 for an unknown id',
    run: async ({ client }: Sandbox): Promise<void> => {
      const { status } = await client.get(`${path}/${randomUUID()}`);
      holds(status === 404, `it is ${status}`);
    },
  })),
  {
    of: 'POST /service/webhooks',
    rule: 'keeps a webhook, never shows its key, and refuses a filter it does not carry out',
    run: async (sandbox: Sandbox): Promise<void> => {
      const body = { url: 'https://hook.example.com/tams', events: ['flows/created'] };
      const created = await sandbox.webhook({ ...body, api_key_name: 'X-Key', api_key_value: 'secret-of-the-kit' });
      holds(created.status === 201, `it is ${created.status}, not 201`);
      const { bytes } = await sandbox.client.get(`/service/webhooks/${created.body.id}`);
      holds(!bytes.toString().includes('secret-of-the-kit'), 'GET shows the api_key_value');
      const refused = await sandbox.webhook({ ...body, events: ['no/such-event'] });
      holds(refused.status === 400, `an unknown event is ${refused.status}, not 400`);
    },
  },
  {
    of: 'POST /service/webhooks',
    rule: 'answers 404 exactly where /service does not list webhooks',
    run: async (sandbox: Sandbox): Promise<void> => {
      const { body } = await sandbox.client.get<{ event_stream_mechanisms?: { name: string }[] }>('/service');
      const listed = body.event_stream_mechanisms?.some(({ name }) => name === 'webhooks') ?? false;
      try {
        await sandbox.webhook({ url: 'https://hook.example.com/tams', events: [] });
      } catch (error) {
        if (!(error instanceof NotOffered)) throw error;
        if (listed) throw new ClauseBroken('/service lists webhooks, and there are none');
        throw error;
      }
      holds(listed, 'there are webhooks, and /service does not list them');
    },
  },
];
