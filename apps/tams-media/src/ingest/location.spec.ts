import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Location } from './location';

describe('where media lies', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    const bytes = Buffer.from('0123456789');
    server = createServer((request, response) => {
      if (request.url === '/guarded') response.writeHead(401).end();
      else if (request.url === '/whole') response.end(bytes);
      else {
        const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        const part = bytes.subarray(Number(from), Number(to) + 1);
        response.writeHead(206, { 'content-range': `bytes ${from}-${to}/10` }).end(part);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('reads parts of what a server gives in parts', async () => {
    const location = Location.of(`${url}/parts`);
    expect(await location.sizeInParts(undefined)).toBe(10);
    expect(Buffer.from(await location.part({ offset: 2, length: 3 }, undefined)).toString()).toBe('234');
    expect(await Location.of(`${url}/whole`).sizeInParts(undefined)).toBeUndefined();
  });

  it('asks for credentials of the server that has the media, not of the TAMS server', async () => {
    await expect(Location.of(`${url}/guarded`).sizeInParts(undefined)).rejects.toMatchObject({
      message: expect.stringContaining('answered 401') as string,
      next: expect.stringContaining('https://<user>:<password>@') as string,
    });
  });

  it.each([
    ['rtmp://origin/live', 'rtmp:// is not read here'],
    ['http://', 'That is no URL'],
  ])('refuses %s, and says what helps', (argument, message) => {
    const next = expect.stringContaining('ffmpeg -i <url>') as string;
    expect(() => Location.of(argument)).toThrow(expect.objectContaining({ message, next }) as Error);
  });
});
