import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { MediaObject } from '@tams/objects';
import type { GetUrlFilter } from '@tams/objects';
import { eventually } from '../support/eventually';
import { type MediaServer, startMediaServer } from './media-server';

const anyUrl: GetUrlFilter = {
  verbose: false,
  labels: undefined,
  storageIds: undefined,
  presigned: undefined,
  backendTags: { values: [], exists: [] },
};

let server: MediaServer;

beforeAll(async () => {
  server = await startMediaServer();
});

afterAll(async () => {
  await server.stop();
});

function put(
  object: MediaObject,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(object.put_url.url, {
    method: 'PUT',
    body,
    headers: { 'Content-Type': object.put_url['content-type'], ...headers },
  });
}

function getUrlOf(objectId: string, presigned = true): string {
  const storageId = server.backends.default!.details.id;
  const instance = { storage_id: storageId, label: null, url: null };
  return server.getUrls.of(objectId, [instance], { ...anyUrl, presigned }, server.url)[0]!.url;
}

async function uploaded(
  content = '0123456789',
  body: Record<string, unknown> = {},
): Promise<{ object: MediaObject; url: string }> {
  const object = await server.allocateOne(body);
  expect((await put(object, content)).status).toBe(200);
  return { object, url: getUrlOf(object.object_id) };
}

async function problemOf(response: Response): Promise<{ status: number; type: string }> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { status, type } = (await response.json()) as { status: number; type: string };
  expect(status).toBe(response.status);
  return { status, type: type.replace('urn:x-tams:problem:', '') };
}

function changed(url: string, parameter: string, value: string): string {
  const other = new URL(url);
  other.searchParams.set(parameter, value);
  return other.href;
}

describe('upload and download', () => {
  it('gives back the bytes, the content type, the size and the entity tag', async () => {
    const object = await server.allocateOne();
    const content = Buffer.alloc(300_000, 'media');
    const stored = await put(object, content);
    expect(stored.status).toBe(200);
    const read = await fetch(getUrlOf(object.object_id));
    expect(read.status).toBe(200);
    expect(Buffer.from(await read.arrayBuffer()).equals(content)).toBe(true);
    expect(read.headers.get('content-type')).toBe('video/mp2t');
    expect(read.headers.get('content-length')).toBe('300000');
    expect(read.headers.get('accept-ranges')).toBe('bytes');
    expect(read.headers.get('etag')).toBe(`"${createHash('sha256').update(content).digest('hex')}"`);
    expect(read.headers.get('etag')).toBe(stored.headers.get('etag'));
    expect(read.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
    const [instance] = await server.database.query('SELECT size_bytes FROM object_instances WHERE object_id = $1', [
      object.object_id,
    ]);
    expect(instance).toEqual({ size_bytes: '300000' });
  });

  it('knows the stored object through the backend', async () => {
    const { object } = await uploaded('twelve bytes');
    const backend = server.backends.default!;
    expect(await backend.stat(object.object_id)).toEqual({
      sizeBytes: 12,
      contentType: 'video/mp2t',
      sha256: createHash('sha256').update('twelve bytes').digest('hex'),
    });
    expect(await Readable.from(await backend.openRead(object.object_id, { start: 0, end: 5 })).toArray()).toEqual([
      Buffer.from('twelve'),
    ]);
    await backend.delete(object.object_id);
    await backend.delete(object.object_id);
    expect(await backend.stat(object.object_id)).toBeUndefined();
    await expect(backend.openRead(object.object_id)).rejects.toMatchObject({ code: 'object-not-stored' });
  });

  it('serves an empty object', async () => {
    const object = await server.allocateOne();
    expect((await put(object, '')).status).toBe(200);
    const read = await fetch(getUrlOf(object.object_id));
    expect([read.status, read.headers.get('content-length'), await read.text()]).toEqual([200, '0', '']);
    const range = await fetch(getUrlOf(object.object_id), { headers: { Range: 'bytes=0-' } });
    expect(range.status).toBe(416);
  });

  it('serves JSON media as it is, not parsed', async () => {
    const object = await server.allocateOne({ content_type: 'application/json' });
    expect((await put(object, '{ not: json')).status).toBe(200);
    expect(await (await fetch(getUrlOf(object.object_id))).text()).toBe('{ not: json');
  });

  it('answers 404 before the upload', async () => {
    const object = await server.allocateOne();
    expect(await problemOf(await fetch(getUrlOf(object.object_id)))).toEqual({
      status: 404,
      type: 'object-not-stored',
    });
  });

  it.each([
    ['dot segments', '..'],
    ['a path upwards', '../../../etc/passwd'],
    ['slashes', 'a/b//c/'],
    ['percent signs', '%2e%2e%2f%00%25'],
    ['a query', 'a?b=c#d&e+f g'],
    ['a marker of ours', '~abc'],
    ['line ends', 'a\r\nb\tc'],
    ['other scripts', 'видео/動画 🎬'],
    ['three-byte characters up to the limit of 1024 bytes', '動'.repeat(341)],
    ['backslashes and quotes', '..\\"\'<>'],
  ])('takes an identifier of %s', async (_, objectId) => {
    const { url } = await uploaded(`bytes of ${objectId}`, { object_ids: [objectId] });
    expect(await (await fetch(url)).text()).toBe(`bytes of ${objectId}`);
    expect(await (await fetch(getUrlOf(objectId, false))).text()).toBe(`bytes of ${objectId}`);
  });

  it('takes plain URLs as ordinary requests', async () => {
    const object = await server.allocateOne({ presigned: false });
    expect(object.presigned).toBe(false);
    expect(object.put_url.url).not.toContain('?');
    expect((await put(object, 'plain')).status).toBe(200);
    const read = await fetch(getUrlOf(object.object_id, false));
    expect(await read.text()).toBe('plain');
    expect(read.headers.get('cache-control')).toBe('private, no-cache');
  });
});

describe('what a signature permits', () => {
  it.each([
    ['tampered', (url: string) => changed(url, 'signature', 'A'.repeat(43))],
    ['short', (url: string) => changed(url, 'signature', 'AAAA')],
    ['prolonged', (url: string) => changed(url, 'expires', '9999999999')],
    ['malformed in time', (url: string) => changed(url, 'expires', 'soon')],
    ['given twice', (url: string) => `${url}&signature=x`],
    ['missing', (url: string) => url.replace(/&signature=.*/, '')],
    ['alone', (url: string) => url.replace(/expires=\d+&/, '')],
    ['for another object', (url: string) => url.replace(/\/[^/]+\?/, '/other?')],
  ])('refuses a read whose signature is %s', async (_, change) => {
    const { url } = await uploaded();
    expect(await problemOf(await fetch(change(url)))).toEqual({ status: 403, type: 'media-signature-invalid' });
  });

  it('refuses an upload URL for reading and a download URL for writing', async () => {
    const object = await server.allocateOne();
    const url = getUrlOf(object.object_id);
    expect(await problemOf(await fetch(object.put_url.url))).toEqual({ status: 403, type: 'media-signature-invalid' });
    const write = await fetch(url, { method: 'PUT', body: 'x', headers: { 'Content-Type': 'video/mp2t' } });
    expect(await problemOf(write)).toEqual({ status: 403, type: 'media-signature-invalid' });
  });

  it('refuses an upload with another content type, or with one its URL was not signed for', async () => {
    const object = await server.allocateOne();
    expect(await problemOf(await put(object, 'x', { 'Content-Type': 'text/html' }))).toEqual({
      status: 403,
      type: 'media-content-type-mismatch',
    });
    const other = {
      ...object,
      put_url: { ...object.put_url, url: changed(object.put_url.url, 'content_type', 'text/html') },
    };
    expect(await problemOf(await put(other, 'x', { 'Content-Type': 'text/html' }))).toEqual({
      status: 403,
      type: 'media-signature-invalid',
    });
    const without = await fetch(object.put_url.url, { method: 'PUT', body: new Uint8Array(1) });
    expect(await problemOf(without)).toEqual({ status: 403, type: 'media-content-type-mismatch' });
    expect(await server.backends.default!.stat(object.object_id)).toBeUndefined();
  });

  it('refuses URLs after their time', async () => {
    const { object, url } = await uploaded();
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 5 * 3_600_000);
    try {
      expect(await problemOf(await fetch(url))).toEqual({ status: 403, type: 'media-url-expired' });
      expect(await problemOf(await put(object, 'later'))).toEqual({ status: 403, type: 'media-url-expired' });
    } finally {
      now.mockRestore();
    }
  });

  it('accepts HEAD with a download URL', async () => {
    const { url } = await uploaded();
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    expect(head.headers.get('etag')).not.toBeNull();
  });

  it('signs the same URLs after a restart, on the same storage backend', async () => {
    const { object, url } = await uploaded('still here');
    const replica = await startMediaServer({ DATABASE_URL: server.databaseUrl, DATA_DIR: server.dataDirectory });
    try {
      expect(replica.backends.default!.details).toEqual(server.backends.default!.details);
      expect(await (await fetch(url.replace(server.url, replica.url))).text()).toBe('still here');
      expect(
        (
          await put(
            { ...object, put_url: { ...object.put_url, url: object.put_url.url.replace(server.url, replica.url) } },
            'again',
          )
        ).status,
      ).toBe(200);
    } finally {
      await replica.stop();
    }
  });
});

describe('what may be uploaded', () => {
  it('refuses objects that were not allocated here', async () => {
    const backend = server.backends.default!;
    const { url } = backend.putRequest({
      objectId: 'never',
      contentType: 'video/mp2t',
      presigned: true,
      baseUrl: server.url,
      expiresInSeconds: 60,
    });
    const answer = await fetch(url, { method: 'PUT', body: 'x', headers: { 'Content-Type': 'video/mp2t' } });
    expect(await problemOf(answer)).toEqual({ status: 404, type: 'object-not-allocated' });
  });

  it('refuses unknown storage backends', async () => {
    const answer = await fetch(`${server.url}/media/60af2ab4-e8a5-4c65-a09b-d35983680315/x`);
    expect(await problemOf(answer)).toEqual({ status: 404, type: 'unknown-storage-backend' });
  });

  it('replaces an upload that nothing uses yet, and refuses to once a segment does', async () => {
    const { object, url } = await uploaded('first');
    expect((await put(object, 'second')).status).toBe(200);
    await server.register(object.object_id);
    expect(await problemOf(await put(object, 'third'))).toEqual({ status: 403, type: 'object-in-use' });
    expect(await (await fetch(url)).text()).toBe('second');
  });

  it('refuses when the object is registered while the upload runs', async () => {
    const { object, url } = await uploaded('first');
    const upload = slowUpload(object, 10);
    upload.write('12345');
    await upload.accepted;
    await server.register(object.object_id);
    upload.end('67890');
    expect((await upload.response).statusCode).toBe(403);
    expect(await (await fetch(url)).text()).toBe('first');
    expect(await server.unfinishedUploads()).toEqual([]);
  });

  it('accepts the first upload of an object that was registered before its bytes came', async () => {
    const object = await server.allocateOne();
    await server.register(object.object_id);
    expect((await put(object, 'late')).status).toBe(200);
    expect((await put(object, 'twice')).status).toBe(403);
  });

  it('keeps the last of two concurrent uploads, unmixed', async () => {
    const object = await server.allocateOne();
    const first = slowUpload(object, 6);
    first.write('aaa');
    await first.accepted;
    const second = slowUpload(object, 8);
    second.write('bbbb');
    await second.accepted;
    first.end('aaa');
    expect((await first.response).statusCode).toBe(200);
    expect(await (await fetch(getUrlOf(object.object_id))).text()).toBe('aaaaaa');
    second.end('bbbb');
    expect((await second.response).statusCode).toBe(200);
    expect(await (await fetch(getUrlOf(object.object_id))).text()).toBe('bbbbbbbb');
  });

  it.each([
    ['Content-MD5', (content: string) => createHash('md5').update(content).digest('base64')],
    ['x-amz-checksum-sha256', (content: string) => createHash('sha256').update(content).digest('base64')],
    ['x-amz-checksum-crc32', (content: string) => (content === '123456789' ? 'y/Q5Jg==' : 'AAAAAA==')],
    [
      'Content-Digest',
      (content: string) => `sha-512=:${createHash('sha512').update(content).digest('base64')}:, unknown=:AA==:`,
    ],
    ['Repr-Digest', (content: string) => `sha-256=:${createHash('sha256').update(content).digest('base64')}:`],
  ])('checks %s', async (header, checksumOf) => {
    const object = await server.allocateOne();
    const wrong = await put(object, '123456789', { [header]: checksumOf('another') });
    expect(await problemOf(wrong)).toEqual({ status: 400, type: 'checksum-mismatch' });
    expect(await server.backends.default!.stat(object.object_id)).toBeUndefined();
    expect((await put(object, '123456789', { [header]: checksumOf('123456789') })).status).toBe(200);
  });

  it.each([
    ['checksum-malformed', { 'Content-MD5': 'not base64!' }],
    ['checksum-malformed', { 'Content-Digest': 'sha-256=abc' }],
    ['partial-upload', { 'Content-Range': 'bytes 0-1/4' }],
    ['content-encoding-unsupported', { 'Content-Encoding': 'gzip' }],
  ])('refuses an upload as %s', async (type, headers) => {
    const object = await server.allocateOne();
    expect(await problemOf(await put(object, 'xx', headers as Record<string, string>))).toEqual({ status: 400, type });
  });
});

describe('uploads that do not end well', () => {
  it('keeps nothing of an upload whose connection breaks', async () => {
    const object = await server.allocateOne();
    const upload = slowUpload(object, 1_000_000);
    upload.write('x'.repeat(100_000));
    await upload.accepted;
    await eventually(
      async () => (await server.unfinishedUploads()).length === 1,
      (done) => done,
      { every: 1 },
    );
    upload.destroy();
    await eventually(
      async () => (await server.unfinishedUploads()).length === 0,
      (done) => done,
      { every: 1 },
    );
    expect((await fetch(getUrlOf(object.object_id))).status).toBe(404);
    expect((await put(object, 'whole')).status).toBe(200);
  });

  it('keeps what was there when a replacement breaks', async () => {
    const { object, url } = await uploaded('first');
    const upload = slowUpload(object, 1_000_000);
    upload.write('x'.repeat(100_000));
    await upload.accepted;
    await eventually(
      async () => (await server.unfinishedUploads()).length === 1,
      (done) => done,
      { every: 1 },
    );
    upload.destroy();
    await eventually(
      async () => (await server.unfinishedUploads()).length === 0,
      (done) => done,
      { every: 1 },
    );
    expect(await (await fetch(url)).text()).toBe('first');
  });

  it('refuses an upload before it is sent when the client waits for that', async () => {
    const object = await server.allocateOne();
    const socket = await openSocket();
    const { pathname } = new URL(object.put_url.url);
    socket.write(
      `PUT ${pathname}?expires=1&signature=x HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp2t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
    );
    const answer = await textOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('asks for an upload that a client announced, and keeps the connection', async () => {
    const object = await server.allocateOne();
    const socket = await openSocket();
    const { pathname, search } = new URL(object.put_url.url);
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp2t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
    );
    const [interim] = (await once(socket, 'data')) as [Buffer];
    expect(interim.toString()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    socket.write('hello');
    const [final] = (await once(socket, 'data')) as [Buffer];
    expect(final.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(final.toString()).not.toMatch(/connection: close/i);
    socket.destroy();
    expect(await (await fetch(getUrlOf(object.object_id))).text()).toBe('hello');
  });

  it('lets a client read why a large upload was refused', async () => {
    const object = await server.allocateOne();
    const url = changed(object.put_url.url, 'signature', 'A'.repeat(43));
    const answer = await fetch(url, {
      method: 'PUT',
      body: Buffer.alloc(8_000_000),
      headers: { 'Content-Type': 'video/mp2t' },
    });
    expect(answer.status).toBe(403);
  });
});

describe('ranges and conditions', () => {
  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=9-9', 206, '9', 'bytes 9-9/10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['items=0-1', 200, '0123456789', null],
    ['bytes=-', 200, '0123456789', null],
  ])('answers Range %s with %i', async (range, status, text, contentRange) => {
    const { url } = await uploaded();
    const answer = await fetch(url, { headers: { Range: range } });
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('answers Range %s with 416', async (range) => {
    const { url } = await uploaded();
    const answer = await fetch(url, { headers: { Range: range } });
    expect(answer.headers.get('content-range')).toBe('bytes */10');
    expect(await problemOf(answer)).toEqual({ status: 416, type: 'range-not-satisfiable' });
  });

  it('serves a range only of the version If-Range names', async () => {
    const { url } = await uploaded();
    const head = await fetch(url, { method: 'HEAD' });
    const ranged = async (ifRange: string): Promise<number> =>
      (await fetch(url, { headers: { Range: 'bytes=0-1', 'If-Range': ifRange } })).status;
    expect(await ranged(head.headers.get('etag')!)).toBe(206);
    expect(await ranged(head.headers.get('last-modified')!)).toBe(206);
    expect(await ranged('"another"')).toBe(200);
    expect(await ranged(`W/${head.headers.get('etag')!}`)).toBe(200);
    expect(await ranged('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(200);
  });

  it('ignores Range for HEAD', async () => {
    const { url } = await uploaded();
    const head = await fetch(url, { method: 'HEAD', headers: { Range: 'bytes=0-1' } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  });

  it('answers conditions', async () => {
    const { url } = await uploaded();
    const head = await fetch(url, { method: 'HEAD' });
    const tag = head.headers.get('etag')!;
    const modified = head.headers.get('last-modified')!;
    const status = async (headers: Record<string, string>): Promise<number> => (await fetch(url, { headers })).status;
    const long_ago = 'Wed, 21 Oct 2015 07:28:00 GMT';
    expect(await status({ 'If-None-Match': tag })).toBe(304);
    expect(await status({ 'If-None-Match': `"x", W/${tag}` })).toBe(304);
    expect(await status({ 'If-None-Match': '*' })).toBe(304);
    expect(await status({ 'If-None-Match': '"x"', 'If-Modified-Since': modified })).toBe(200);
    expect(await status({ 'If-Modified-Since': modified })).toBe(304);
    expect(await status({ 'If-Modified-Since': long_ago })).toBe(200);
    expect(await status({ 'If-Match': tag })).toBe(200);
    expect(await status({ 'If-Match': '"x"' })).toBe(412);
    expect(await status({ 'If-Unmodified-Since': long_ago })).toBe(412);
    expect(await status({ 'If-Unmodified-Since': modified })).toBe(200);
    expect(await status({ 'If-None-Match': tag, Range: 'bytes=99-' })).toBe(304);
    const unchanged = await fetch(url, { headers: { 'If-None-Match': tag } });
    expect([unchanged.headers.get('etag'), unchanged.headers.get('content-length'), await unchanged.text()]).toEqual([
      tag,
      null,
      '',
    ]);
  });
});

describe('browsers', () => {
  it('may upload and read from any page, and cannot run what was uploaded', async () => {
    const { object, url } = await uploaded('<script>alert(1)</script>', { content_type: 'text/html' });
    const preflight = await fetch(object.put_url.url, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://editor.example',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type, content-md5',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, PUT');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type, content-md5');
    const read = await fetch(url, { headers: { Origin: 'https://editor.example' } });
    expect(read.headers.get('access-control-allow-origin')).toBe('*');
    expect(read.headers.get('access-control-expose-headers')).toContain('Content-Range');
    expect(read.headers.get('x-content-type-options')).toBe('nosniff');
    expect(read.headers.get('content-security-policy')).toMatch(/; sandbox$/);
  });

  it('may read why a request was refused', async () => {
    const answer = await fetch(`${server.url}/media/${server.backends.default!.details.id}/x?signature=x`);
    expect([
      answer.status,
      answer.headers.get('access-control-allow-origin'),
      answer.headers.get('cache-control'),
    ]).toEqual([403, '*', 'no-store']);
  });

  it('are told which methods there are', async () => {
    const answer = await fetch(`${server.url}/media/${server.backends.default!.details.id}/x`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, PUT']);
  });
});

describe('large objects', () => {
  const CHUNK = Buffer.alloc(1024 * 1024, 7);
  const CHUNKS = 300;

  it('pass in constant memory', async () => {
    const object = await server.allocateOne();
    let peak = 0;
    const before = process.memoryUsage.rss();
    const watch = (): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
    };
    function* content(): Generator<Buffer> {
      for (let index = 0; index < CHUNKS; index += 1) {
        watch();
        yield CHUNK;
      }
    }
    const upload = fetch(object.put_url.url, {
      method: 'PUT',
      body: Readable.toWeb(Readable.from(content())) as ReadableStream,
      headers: { 'Content-Type': 'video/mp2t' },
      duplex: 'half',
    });
    expect((await upload).status).toBe(200);
    let size = 0;
    for await (const bytes of (await fetch(getUrlOf(object.object_id))).body!) {
      watch();
      size += (bytes as Uint8Array).length;
    }
    expect(size).toBe(CHUNKS * CHUNK.length);
    expect(peak - before).toBeLessThan(150 * 1024 * 1024);
  }, 120_000);

  it('close their file when the reader goes away', async () => {
    const object = await server.allocateOne();
    expect((await put(object, Buffer.alloc(20_000_000))).status).toBe(200);
    const before = await openFiles();
    const readers = await Promise.all(Array.from({ length: 5 }, () => fetch(getUrlOf(object.object_id))));
    expect(await openFiles()).toBeGreaterThan(before);
    await Promise.all(readers.map((reader) => reader.body!.cancel()));
    await eventually(
      async () => (await openFiles()) <= before,
      (done) => done,
      { every: 1 },
    );
  });
});

/** An upload whose bytes the test sends one by one. */
function slowUpload(
  object: MediaObject,
  length: number,
): {
  write(text: string): void;
  end(text: string): void;
  destroy(): void;
  /** When the server began to read. */
  accepted: Promise<unknown>;
  response: Promise<IncomingMessage>;
} {
  const upload = httpRequest(object.put_url.url, {
    method: 'PUT',
    headers: { 'Content-Type': object.put_url['content-type'], 'Content-Length': length, Expect: '100-continue' },
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    upload.on('response', (message) => {
      message.resume();
      resolve(message);
    });
    upload.on('error', reject);
  });
  response.catch(() => undefined);
  upload.flushHeaders();
  return {
    write: (text) => upload.write(text),
    end: (text) => upload.end(text),
    destroy: () => upload.destroy(),
    accepted: once(upload, 'continue'),
    response,
  };
}

async function openSocket(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  return Buffer.concat((await socket.toArray()) as Buffer[]).toString();
}

/** Files of the object store that this process holds open. */
async function openFiles(): Promise<number> {
  const { readdir, readlink } = await import('node:fs/promises');
  const targets = await Promise.all(
    (await readdir('/proc/self/fd')).map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(server.dataDirectory)).length;
}
