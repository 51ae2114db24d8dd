import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { NotFoundError } from '@tams/platform';
import type { UploadChecksum } from '@tams/storage';
import type { S3StorageBackend } from '../../libs/storage/src/s3/s3-storage-backend';
import { describeWithGateway, gateway, itOnStore, openGateway } from './gateway';

const MEBIBYTE = 1024 * 1024;
const contentType = 'video/mp2t';

describeWithGateway('S3StorageBackend on a real store', () => {
  let backend: S3StorageBackend;
  let second: S3StorageBackend;

  beforeAll(async () => {
    backend = await openGateway();
    second = await openGateway({ bucket: gateway.secondBucket });
  });

  afterAll(() => {
    backend.close();
    second.close();
  });

  const put = (objectId: string, body: Buffer, sent = contentType, expiresInSeconds = 600): Promise<Response> => {
    const { url } = backend.putRequest({ objectId, contentType, presigned: true, baseUrl: '', expiresInSeconds });
    return fetch(url, { method: 'PUT', body: new Uint8Array(body), headers: { 'Content-Type': sent } });
  };
  const getUrl = (objectId: string): string => backend.getUrls({ objectId, baseUrl: '' })[0]!.url;
  const bytesAt = async (objectId: string): Promise<Buffer> => buffer(await backend.openRead(objectId));

  describe('presigned URLs', () => {
    it('upload and download an object, with its type', async () => {
      const objectId = randomUUID();
      const media = randomBytes(100_000);
      expect((await put(objectId, media)).status).toBe(200);
      const answer = await fetch(getUrl(objectId));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe(contentType);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(media);
      expect(await backend.stat(objectId)).toEqual({ sizeBytes: 100_000, contentType });
    });

    it('serve a range', async () => {
      const objectId = randomUUID();
      await put(objectId, Buffer.from('0123456789'));
      const answer = await fetch(getUrl(objectId), { headers: { Range: 'bytes=2-5' } });
      expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
        206,
        'bytes 2-5/10',
        '2345',
      ]);
    });

    it('refuse another content type, and none at all', async () => {
      const objectId = randomUUID();
      expect((await put(objectId, Buffer.from('x'), 'text/html')).status).toBe(403);
      expect((await put(objectId, Buffer.from('x'), '')).status).toBe(403);
      expect(await backend.stat(objectId)).toBeUndefined();
    });

    it('refuse when they have expired', async () => {
      const { url } = backend.putRequest({
        objectId: randomUUID(),
        contentType,
        presigned: true,
        baseUrl: '',
        expiresInSeconds: 600,
      });
      // Signed properly, but an hour ago.
      jest.useFakeTimers({ now: Date.now() - 3600_000 });
      const old = backend.putRequest({
        objectId: 'old',
        contentType,
        presigned: true,
        baseUrl: '',
        expiresInSeconds: 600,
      });
      const oldGet = getUrl('old');
      jest.useRealTimers();
      const headers = { 'Content-Type': contentType };
      expect((await fetch(old.url, { method: 'PUT', body: 'x', headers })).status).toBe(403);
      expect((await fetch(oldGet)).status).toBe(403);
      expect((await fetch(url, { method: 'PUT', body: 'x', headers })).status).toBe(200);
    });

    it('refuse when they were tampered with', async () => {
      const objectId = randomUUID();
      await put(objectId, Buffer.from('x'));
      const url = getUrl(objectId);
      const status = async (changed: string, method = 'GET'): Promise<number> => {
        expect(changed === url && method === 'GET').toBe(false);
        return (await fetch(changed, { method })).status;
      };
      expect(await status(url.replace(objectId, randomUUID()))).toBe(403);
      expect(await status(url.replace('X-Amz-Expires=605', 'X-Amz-Expires=6050'))).toBe(403);
      expect(await status(url.replace(/(X-Amz-Signature=.)./, '$1g'))).toBe(403);
      expect(await status(url, 'DELETE')).toBe(403);
      expect(await status(url.replace(/\?.*/, ''))).toBe(403);
      expect((await fetch(url)).status).toBe(200);
    });

    it.each([
      'spaces and+plus&more=?#%25.ts',
      'größe/日本語/🎬.mp4',
      "quotes'(round)*star!~;:@,$",
      'deep/er/and/deeper',
      '/leading//double/trailing/',
      'back\\slash|pipe"double"<angle>^`{}[]',
      'tab\tnewline\n',
    ])('reach the object %j', uploadDownloadAndDelete);

    it('reach an object whose identifier has 1024 bytes', () =>
      uploadDownloadAndDelete(`${`${'ü'.repeat(100)}/`.repeat(5)}${'a'.repeat(19)}`));

    itOnStore('reach an object whose identifier has 1024 bytes without a slash', () =>
      uploadDownloadAndDelete('ü'.repeat(512)),
    );

    async function uploadDownloadAndDelete(objectId: string): Promise<void> {
      const media = randomBytes(64);
      expect((await put(objectId, media)).status).toBe(200);
      expect(Buffer.from(await (await fetch(getUrl(objectId))).arrayBuffer())).toEqual(media);
      expect(await bytesAt(objectId)).toEqual(media);
      await backend.delete(objectId);
      expect(await backend.stat(objectId)).toBeUndefined();
    }
  });

  describe('identifiers that cannot be keys', () => {
    it.each([
      ['../escape', 'path segment'],
      ['a/./b', 'path segment'],
      ['half \ud800 pair', 'surrogate'],
    ])('refuses %j', refuses);

    it('refuses more than 1024 bytes', () => {
      refuses('ü'.repeat(513), '1024 bytes');
    });

    function refuses(objectId: string, reason: string): void {
      expect(() =>
        backend.putRequest({ objectId, contentType, presigned: true, baseUrl: '', expiresInSeconds: 600 }),
      ).toThrow(reason);
    }
  });

  describe('with plain URLs for clients that have credentials of their own', () => {
    const objectId = 'größe/clip 1+2.ts';
    const asked = { objectId, contentType, baseUrl: '', expiresInSeconds: 600 };
    const own = new S3Client({
      endpoint: gateway.endpoint,
      region: gateway.region,
      forcePathStyle: true,
      credentials: { accessKeyId: gateway.accessKeyId, secretAccessKey: gateway.secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    afterAll(() => {
      own.destroy();
    });

    it('leads to the object by s3://, which such a client reads and writes', async () => {
      const plain = await openGateway({ plain_urls: 's3' });
      const { url } = plain.putRequest({ ...asked, presigned: false });
      expect(url).toBe(`s3://${gateway.bucket}/${objectId}`);
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(url)!;
      await own.send(new PutObjectCommand({ Bucket, Key, Body: 'media', ContentType: contentType }));
      expect(await plain.stat(objectId)).toEqual({ sizeBytes: 5, contentType });
      expect(plain.getUrls({ objectId, baseUrl: '', presigned: false })).toEqual([{ url, presigned: false }]);
      expect(plain.getUrls({ objectId, baseUrl: '' }).map(({ presigned }) => presigned)).toEqual([true, false]);
      expect(plain.getUrls({ objectId, baseUrl: '', presigned: true })).toHaveLength(1);
      plain.close();
    });

    it('leads to the object by the bucket’s address, which answers nobody without credentials', async () => {
      const plain = await openGateway({ plain_urls: 'http' });
      const { url } = plain.putRequest({ ...asked, presigned: false });
      expect(url).toBe(plain.putRequest({ ...asked, presigned: true }).url.replace(/\?.*/, ''));
      expect((await fetch(url, { method: 'PUT', body: 'media' })).status).toBe(403);
      await put(objectId, Buffer.from('media'));
      const [plainUrl] = plain.getUrls({ objectId, baseUrl: '', presigned: false });
      expect(plainUrl).toEqual({ url, presigned: false });
      expect((await fetch(url)).status).toBe(403);
      plain.close();
    });

    it('refuses identifiers no URL can carry, as for presigned ones', async () => {
      const plain = await openGateway({ plain_urls: 's3' });
      expect(() => plain.putRequest({ ...asked, objectId: 'a/../b', presigned: false })).toThrow('path segment');
      plain.close();
    });
  });

  describe('uploads with a checksum', () => {
    const media = Buffer.from('123456789');
    const digest = (algorithm: string, of = media): string => createHash(algorithm).update(of).digest('base64');
    const upload = async (
      checksum: UploadChecksum | undefined,
      body: Buffer,
      headers: (said: Readonly<Record<string, string>>) => Record<string, string>,
    ): Promise<{ status: number; stored: boolean }> => {
      const objectId = randomUUID();
      const asked = { objectId, contentType, presigned: true, baseUrl: '', expiresInSeconds: 600, checksum };
      const request = backend.putRequest(asked);
      const sent = { 'Content-Type': contentType, ...headers(request.headers ?? {}) };
      const answer = await fetch(request.url, { method: 'PUT', body: new Uint8Array(body), headers: sent });
      await answer.arrayBuffer();
      return { status: answer.status, stored: (await backend.stat(objectId)) !== undefined };
    };
    const asSaid = (said: Readonly<Record<string, string>>): Record<string, string> => ({ ...said });

    it.each([
      { algorithm: 'MD5', checksum: digest('md5') },
      { algorithm: 'SHA-256', checksum: digest('sha256') },
      { algorithm: 'SHA-1', checksum: digest('sha1') },
      { algorithm: 'CRC32', checksum: 'y/Q5Jg==' },
    ] as const)('are taken with the header that was signed, and only so: %j', async (checksum) => {
      expect(await upload(checksum, media, asSaid)).toEqual({ status: 200, stored: true });
      expect(await upload(checksum, media, () => ({}))).toEqual({ status: 403, stored: false });
      const another = {
        ...checksum,
        checksum: Buffer.alloc(Buffer.from(checksum.checksum, 'base64').length).toString('base64'),
      };
      const changed = (said: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.keys(said).map((name) => [name, another.checksum]));
      expect(await upload(checksum, media, changed)).toEqual({ status: 403, stored: false });
    });

    it('are refused by the store when the bytes are others (MD5)', async () => {
      const damaged = Buffer.from('123456780');
      expect(await upload({ algorithm: 'MD5', checksum: digest('md5') }, damaged, asSaid)).toEqual({
        status: 400,
        stored: false,
      });
    });

    it('may carry one that was not announced: the store looks at it all the same', async () => {
      expect(await upload(undefined, media, () => ({ 'Content-MD5': digest('md5') }))).toEqual({
        status: 200,
        stored: true,
      });
      const wrong = digest('md5', Buffer.from('another'));
      expect(await upload(undefined, media, () => ({ 'Content-MD5': wrong }))).toEqual({ status: 400, stored: false });
    });

    itOnStore('may carry a SHA-256 that was not announced', async () => {
      const sha256 = { 'x-amz-checksum-sha256': digest('sha256') };
      expect(await upload(undefined, media, () => sha256)).toEqual({ status: 200, stored: true });
    });
  });

  it('says the name of a download that the URL was signed for', async () => {
    const objectId = randomUUID();
    await put(objectId, Buffer.from('x'));
    const contentDisposition = `inline; filename="News 10_00.ts"; filename*=UTF-8''N%C3%A9ws.ts`;
    const [named] = backend.getUrls({ objectId, baseUrl: '', contentDisposition });
    const answer = await fetch(named!.url);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, contentDisposition]);
  });

  it('offers presigned URLs only, unless plain ones were set', () => {
    expect(backend.getUrls({ objectId: 'x', baseUrl: '', presigned: false })).toEqual([]);
    expect(() =>
      backend.putRequest({ objectId: 'x', contentType, presigned: false, baseUrl: '', expiresInSeconds: 600 }),
    ).toThrow('presigned URLs only');
  });

  describe('streams', () => {
    it('write a large object in parts and read it back, whole and in ranges', async () => {
      const objectId = randomUUID();
      const chunk = randomBytes(MEBIBYTE);
      const digest = createHash('sha256');
      const source = Readable.from(
        (function* () {
          for (let index = 0; index < 40; index += 1) {
            digest.update(chunk);
            yield chunk;
          }
          digest.update('tail');
          yield Buffer.from('tail');
        })(),
        { objectMode: false },
      );
      const sizeBytes = 40 * MEBIBYTE + 4;
      expect(await backend.write(objectId, source, contentType)).toEqual({ sizeBytes, contentType });
      expect(await backend.stat(objectId)).toEqual({ sizeBytes, contentType });
      const read = createHash('sha256');
      for await (const bytes of await backend.openRead(objectId)) read.update(bytes as Buffer);
      expect(read.digest('hex')).toBe(digest.digest('hex'));
      const range = { start: sizeBytes - 4, end: sizeBytes - 1 };
      expect((await buffer(await backend.openRead(objectId, range))).toString()).toBe('tail');
      await backend.delete(objectId);
    });

    it('write an empty object, and replace what was there', async () => {
      const objectId = randomUUID();
      expect(await backend.write(objectId, Readable.from([]), contentType)).toEqual({ sizeBytes: 0, contentType });
      expect(await backend.stat(objectId)).toEqual({ sizeBytes: 0, contentType });
      await backend.write(objectId, Readable.from([Buffer.from('new')]), 'audio/wav');
      expect(await backend.stat(objectId)).toEqual({ sizeBytes: 3, contentType: 'audio/wav' });
      expect((await bytesAt(objectId)).toString()).toBe('new');
    });

    it.each([1000, 20 * MEBIBYTE])('leave nothing when the source fails after %i bytes', async (sizeBytes) => {
      const objectId = randomUUID();
      const source = new PassThrough();
      source.write(Buffer.alloc(sizeBytes), () => source.destroy(new Error('the source broke')));
      await expect(backend.write(objectId, source, contentType)).rejects.toThrow('the source broke');
      expect(await backend.stat(objectId)).toBeUndefined();
      expect(await unfinishedUploads(objectId)).toBe(0);
    });

    it('say that there is no such object', async () => {
      await expect(backend.openRead(randomUUID())).rejects.toThrow(NotFoundError);
      expect(await backend.stat(randomUUID())).toBeUndefined();
    });
  });

  it('deletes again and again', async () => {
    const objectId = randomUUID();
    await put(objectId, Buffer.from('x'));
    await backend.delete(objectId);
    await backend.delete(objectId);
    expect(await backend.stat(objectId)).toBeUndefined();
  });

  it('lists everything, with sizes, however the keys are written', async () => {
    const prefix = randomUUID();
    const names = ['a b+c', 'größe/🎬', 'tab\t', '%41', 'quote\'&<>"'].map((name) => `${prefix}/${name}`);
    for (const name of names) await second.write(name, Readable.from([Buffer.from(name)]), contentType);
    const listed = new Map<string, number>();
    for await (const { objectId, sizeBytes, modified } of second.list()) {
      listed.set(objectId, sizeBytes);
      expect(Math.abs(modified.getTime() - Date.now())).toBeLessThan(3600_000);
    }
    for (const name of names) expect([name, listed.get(name)]).toEqual([name, Buffer.byteLength(name)]);
  });

  itOnStore('lists identifiers as they are, whatever their slashes', async () => {
    const prefix = randomUUID();
    const names = [`${prefix}//double`, `/${prefix}/leading`];
    for (const name of names) await second.write(name, Readable.from(['x']), contentType);
    const listed: string[] = [];
    for await (const { objectId } of second.list()) if (objectId.includes(prefix)) listed.push(objectId);
    expect(listed.toSorted()).toEqual(names.toSorted());
  });

  it('lists more than one page', async () => {
    const prefix = randomUUID();
    const names = Array.from({ length: 1005 }, (_, index) => `${prefix}/${String(index).padStart(4, '0')}`);
    for (let start = 0; start < names.length; start += 40) {
      await Promise.all(
        names.slice(start, start + 40).map((name) => second.write(name, Readable.from(['']), contentType)),
      );
    }
    const listed: string[] = [];
    for await (const { objectId } of second.list()) if (objectId.startsWith(prefix)) listed.push(objectId);
    expect(listed).toEqual(names);
  }, 60_000);

  describe('copies within the store', () => {
    it('copy an object with its type', async () => {
      const objectId = "käse & brot/'1'+2.ts";
      await backend.write(objectId, Readable.from([Buffer.from('media')]), contentType);
      expect(second.canCopyFrom(backend)).toBe(true);
      expect(await second.copyFrom(backend, objectId)).toEqual({ sizeBytes: 5, contentType });
      expect(await second.stat(objectId)).toEqual({ sizeBytes: 5, contentType });
      expect((await buffer(await second.openRead(objectId))).toString()).toBe('media');
    });

    it('copy a large object in parts', async () => {
      const objectId = randomUUID();
      const media = randomBytes(13 * MEBIBYTE);
      await backend.write(objectId, Readable.from([media]), contentType);
      const inParts = await openGateway(
        { bucket: gateway.secondBucket },
        { copySizes: { whole: 6 * MEBIBYTE, part: 5 * MEBIBYTE } },
      );
      expect(await inParts.copyFrom(backend, objectId)).toEqual({ sizeBytes: media.byteLength, contentType });
      expect(await inParts.stat(objectId)).toEqual({ sizeBytes: media.byteLength, contentType });
      expect((await buffer(await inParts.openRead(objectId))).equals(media)).toBe(true);
      inParts.close();
    });

    it('say that there is nothing to copy', async () => {
      await expect(second.copyFrom(backend, randomUUID())).rejects.toThrow(NotFoundError);
    });

    it('are not offered between different stores or keys', async () => {
      const elsewhere = await openGateway({ endpoint: 'http://127.0.0.1:1' });
      const other = await openGateway({ access_key_id: 'another' });
      expect([elsewhere.canCopyFrom(backend), other.canCopyFrom(backend)]).toEqual([false, false]);
      elsewhere.close();
      other.close();
    });
  });

  it('frees uploads that were begun and never completed', async () => {
    const Key = `unfinished käse ${randomUUID()}`;
    const client = administrator();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: gateway.bucket, Key }));
    await client.send(new UploadPartCommand({ Bucket: gateway.bucket, Key, UploadId, PartNumber: 1, Body: 'media' }));
    client.destroy();
    expect(await backend.abandonUploads(new Date(Date.now() - 3600_000))).toBe(0);
    expect(await unfinishedUploads(Key)).toBe(1);
    expect(await backend.abandonUploads(new Date(Date.now() + 3600_000))).toBe(1);
    expect(await unfinishedUploads(Key)).toBe(0);
  });

  it('reports that it works', async () => {
    expect(await backend.check()).toEqual({ available: true, latencyMilliseconds: expect.any(Number) as number });
  });

  function administrator(): S3Client {
    const { endpoint, region, accessKeyId, secretAccessKey } = gateway;
    return new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  }

  async function unfinishedUploads(objectId: string): Promise<number> {
    const client = administrator();
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: gateway.bucket, Prefix: objectId }),
    );
    client.destroy();
    return Uploads.length;
  }
});
