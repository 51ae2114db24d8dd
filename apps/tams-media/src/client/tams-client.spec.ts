import { problem, SmallTamsServer } from '../testing/small-tams-server';
import { TamsClient } from './tams-client';

const RETRY = { attempts: 3, firstDelay: 1 };
const SEGMENTS = [
  { object_id: 'a', timerange: '[0:0_1:0)' },
  { object_id: 'b', timerange: '[1:0_2:0)' },
];

describe('TamsClient', () => {
  let server: SmallTamsServer;
  let client: TamsClient;
  beforeEach(async () => {
    server = await new SmallTamsServer().start();
    client = new TamsClient({ url: `${server.url}/`, retry: RETRY });
  });
  afterEach(() => server.stop());

  it('tries again after a fault of the server and after a lost connection', async () => {
    let faults = 0;
    server.interfere = (_request, response) => {
      faults += 1;
      if (faults === 1) problem(response, 503, 'busy');
      if (faults === 2) response.destroy();
      return faults <= 2;
    };
    expect(await client.service()).toMatchObject({ name: 'small' });
    expect(server.seen).toHaveLength(3);
  });

  it('knows no address for players on a server that has none, and does not ask again', async () => {
    expect(await client.playbackUrl('x', '[0:0_1:0)')).toBeUndefined();
    expect(server.seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'HEAD /flows/x/output.m3u8',
      'HEAD /sources/x/output.m3u8',
    ]);
  });

  it('gives up after its tries, with URL, status and what the server said', async () => {
    server.interfere = (_request, response) => {
      problem(response, 500, 'the disk is full');
      return true;
    };
    await expect(client.service()).rejects.toThrow(
      `GET ${server.url}/service answered 500: the disk is full (correlation id abc-1)`,
    );
    expect(server.seen).toHaveLength(3);
  });

  it('does not repeat what the server refuses', async () => {
    const flow = { id: 'f', source_id: 's', format: 'urn:x-nmos:format:multi', flow_collection: [{ id: 'unknown' }] };
    await expect(client.putFlow(flow)).rejects.toThrow('answered 400: collects unknown, which does not exist');
    expect(server.seen).toHaveLength(1);
  });

  it('follows no redirect with what changes something: a POST would become a GET, and succeed', async () => {
    server.interfere = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(301, { location: 'https://tams.example/flows/f/segments' }).end();
      return true;
    };
    await expect(client.register('f', SEGMENTS)).rejects.toMatchObject({
      message: `POST ${server.url}/flows/f/segments is redirected to https://tams.example`,
      next: 'Give the address of the TAMS server itself, perhaps: --url https://tams.example',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('names every broken field once', async () => {
    server.interfere = (_request, response) => {
      const errors = [
        { path: 'body.codec', message: 'is required' },
        { path: 'body.label', message: 'must be a string' },
      ];
      const detail = 'body.codec: is required (and 1 more)';
      response.writeHead(400, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ detail, errors }));
      return true;
    };
    await expect(client.service()).rejects.toThrow(
      /answered 400: body\.codec: is required \(and 1 more\) \[body\.label: must be a string\]$/,
    );
  });

  it('says so when nobody answers', async () => {
    const { url } = server;
    await server.stop();
    const unanswered = new TamsClient({ url, retry: { attempts: 1, firstDelay: 1 } }).service();
    await expect(unanswered).rejects.toThrow(/GET http.*\/service got no answer: .*ECONNREFUSED/);
    await expect(unanswered).rejects.toHaveProperty('next', expect.stringContaining('npm start'));
    await server.start();
  });

  it('registers a batch once although its answer was lost', async () => {
    server.objects.set('a', Buffer.alloc(1)).set('b', Buffer.alloc(1));
    let lost = false;
    server.interfere = (request, response) => {
      if (request.method !== 'POST' || lost) return false;
      lost = true;
      server.segments.push({ ...SEGMENTS[0]!, flow: 'f' });
      response.destroy();
      return true;
    };
    expect(await client.register('f', SEGMENTS)).toEqual([]);
    expect(server.segments.map((segment) => segment.object_id)).toEqual(['a', 'b']);
  });

  it('hands on the segments a server refused', async () => {
    server.objects.set('a', Buffer.alloc(1));
    expect(await client.register('f', SEGMENTS)).toMatchObject([{ object_id: 'b', error: { type: 'overlap' } }]);
  });

  it('reads every page', async () => {
    for (let index = 0; index < 7; index += 1) {
      server.segments.push({ flow: 'f', object_id: String(index), timerange: `[${index}:0_${index + 1}:0)` });
    }
    const pages: number[] = [];
    for await (const page of client.segmentPages('f')) pages.push(page.length);
    expect(pages).toEqual([3, 3, 1]);
  });

  it('sends credentials to its own origin only, and never beside a signature', () => {
    const token = new TamsClient({ url: 'http://tams.example/api', token: 'secret' });
    expect(token.credentialsFor('http://tams.example/objects/1')).toEqual({ authorization: 'Bearer secret' });
    expect(token.credentialsFor('http://tams.example/objects/1', true)).toEqual({});
    expect(token.credentialsFor('http://other.example/objects/1')).toEqual({});
    const basic = new TamsClient({ url: 'http://user:pass@tams.example' });
    expect(basic.credentialsFor('http://tams.example/x')).toEqual({ authorization: 'Basic dXNlcjpwYXNz' });
    expect(basic.url).toBe('http://tams.example');
  });

  it('refuses a URL that is none', () => {
    expect(() => new TamsClient({ url: 'localhost:8000' })).toThrow('not an http(s) URL');
  });
});
