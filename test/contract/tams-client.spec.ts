import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContractViolation } from './contract-checker';
import { describeWithSpecification } from './specification-suite';
import { TamsClient } from './tams-client';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server whose answer each test writes itself. */
class ScriptedServer {
  readonly received: Received[] = [];
  answer: (response: ServerResponse, request: Received) => void = (response) => response.end();
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
      this.received.push(received);
      this.answer(response, received);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

describe('TamsClient', () => {
  let server: ScriptedServer;
  let client: TamsClient;

  beforeEach(async () => {
    server = new ScriptedServer();
    client = new TamsClient(await server.start(), { checker: null, headers: { authorization: 'Bearer x' } });
  });

  afterEach(() => server.stop());

  it('sends query, headers and JSON, and reads JSON', async () => {
    server.answer = (response) => {
      json(response, 201, { id: 'a' }, { 'x-more': '1' });
    };
    const query = { limit: 2, presigned: true, 'tag.a b': ['x', 'y'], label: undefined };
    const response = await client.put<{ id: string }>(
      '/flows/a%2Fb',
      { id: 'ä' },
      { query, headers: { 'x-own': 'o' } },
    );
    expect(response).toMatchObject({ status: 201, body: { id: 'a' } });
    expect(response.headers.get('x-more')).toBe('1');
    const [request] = server.received;
    expect(request).toMatchObject({
      method: 'PUT',
      url: '/flows/a%2Fb?limit=2&presigned=true&tag.a+b=x%2Cy',
      body: '{"id":"ä"}',
    });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer x',
      'x-own': 'o',
      'content-type': 'application/json',
    });
  });

  it.each([
    ['plain text', 'text/plain', 'hello', 'hello'],
    ['a problem', 'application/problem+json', '{"a":1}', { a: 1 }],
    ['media', 'video/mp2t', 'G', undefined],
    ['nothing', 'application/json', '', undefined],
  ])('reads %s', async (_, type, text, body) => {
    server.answer = (response) => {
      response.writeHead(200, { 'content-type': type }).end(text);
    };
    const response = await client.get('/x');
    expect(response.body).toEqual(body);
    expect(response.bytes.toString()).toBe(text);
  });

  it('says so when JSON is none', async () => {
    server.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":');
    await expect(client.get('/x')).rejects.toThrow('GET /x answered application/json that is not JSON');
  });

  it('sends malformed bodies, other types and none', async () => {
    await client.post('/x', undefined, { rawBody: '{', contentType: 'text/csv' });
    await client.post('/x', { a: 1 }, { contentType: null });
    await client.delete('/x');
    expect(server.received.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['{', 'text/csv'],
      ['{"a":1}', undefined],
      ['', undefined],
    ]);
  });

  it('sends a raw path as it is', async () => {
    server.answer = (response, { url }) => {
      json(response, 200, { url });
    };
    const { body } = await client.raw({ method: 'GET', path: '/flows/../a//b/%2e%2e?x=1' });
    expect(body).toEqual({ url: '/flows/../a//b/%2e%2e?x=1' });
  });

  it('does not follow redirects', async () => {
    server.answer = (response) => response.writeHead(302, { location: '/y' }).end();
    expect((await client.get('/x')).status).toBe(302);
  });

  it('walks the pages of a listing, also under another public URL', async () => {
    client = new TamsClient(client.baseUrl, { checker: null, publicBaseUrl: 'https://example.com/tams' });
    server.answer = (response, { url }) => {
      const page = Number(/page=(\d)/.exec(url)?.[1] ?? 1);
      const link = `<https://example.com/tams/flows?limit=1&page=${page + 1}>; rel="next"`;
      json(response, 200, [page], page < 3 ? { link } : {});
    };
    const bodies: number[][] = [];
    for await (const page of client.pages<number[]>('/flows', { query: { limit: 1 } })) bodies.push(page.body);
    expect(bodies).toEqual([[1], [2], [3]]);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/flows?limit=1',
      '/flows?limit=1&page=2',
      '/flows?limit=1&page=3',
    ]);
  });

  it('refuses a URL of another server', async () => {
    await expect(client.get('https://example.org/flows')).rejects.toThrow('neither a path nor a URL below');
  });

  describeWithSpecification('with the contract checker', (specification) => {
    beforeEach(() => {
      client = new TamsClient(client.baseUrl);
    });

    const service = specification.readJson('examples/service-get-200.json');

    it('lets a kept contract pass', async () => {
      server.answer = (response) => {
        json(response, 200, service);
      };
      expect((await client.get('/service')).body).toEqual(service);
      expect((await client.head('/service')).body).toBeUndefined();
      expect(server.received.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'GET']);
    });

    it('fails a test whose exchange breaks it, by fetch and raw', async () => {
      server.answer = (response) => {
        json(response, 200, {});
      };
      await expect(client.get('/service')).rejects.toThrow(ContractViolation);
      await expect(client.raw({ method: 'GET', path: '/service' })).rejects.toThrow(ContractViolation);
      expect((await client.get('/service', { check: false })).body).toEqual({});
    });

    it('fails a HEAD that differs from its GET, unless told not to compare', async () => {
      server.answer = (response, { method }) => {
        json(response, 200, service, { 'x-method': method });
      };
      await expect(client.head('/service')).rejects.toThrow('header x-method: HEAD has HEAD, GET has GET');
      expect((await client.head('/service', { compareWithGet: false })).status).toBe(200);
    });

    it('checks paths below a base URL with a prefix', async () => {
      server.answer = (response) => {
        json(response, 200, {});
      };
      const prefixed = new TamsClient(`${client.baseUrl}/tams`);
      await expect(prefixed.get('/service')).rejects.toThrow(/^GET \/service -> 200/);
    });
  });
});
