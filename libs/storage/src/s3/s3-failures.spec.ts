import { createHash, randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { UnavailableError } from '@tams/platform';
import { loggerFor } from '@tams/telemetry';
import { openS3Backend } from './s3-backend-type';
import { type S3TimeLimits, usualTimeLimits } from './s3-clients';
import { s3Settings } from './s3-settings';
import type { S3StorageBackend } from './s3-storage-backend';

/** For stores that fail. One whose answer is looked at, however slowly this machine runs, gets the usual limits. */
const limits: S3TimeLimits = { connect: 300, call: 900, attempt: 300, check: 400, idle: 300, part: 400 };
/** How late a busy machine may notice that time is up, in milliseconds; far less than never. */
const LATE = 10_000;
const contentType = 'video/mp2t';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const resource of open.splice(0)) resource.close();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A store that takes connections and never says a word. */
async function silentStore(): Promise<string> {
  const server = createServer((socket) => {
    open.push({ close: () => socket.destroy() });
    socket.on('error', () => undefined).resume();
  });
  return listen(server);
}

async function store(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  open.push({
    close: () => {
      server.closeAllConnections();
    },
  });
  return listen(server);
}

async function backendAt(endpoint: string, patience = limits, observed: string[] = []): Promise<S3StorageBackend> {
  const settings = s3Settings.parse({ bucket: 'media', endpoint, access_key_id: 'AKIA', secret_access_key: 'secret' });
  const backend = await openS3Backend(settings, {
    details: {
      id: randomUUID(),
      label: 'cloud',
      store_type: 'http_object_store',
      provider: 'self-hosted',
      store_product: 's3',
    },
    presignedUrlSeconds: 600,
    limits: patience,
    observe: (operation) => observed.push(operation),
  });
  open.push(backend);
  return backend;
}

/** Waits for a call to fail. @returns the reason an operator reads, and how long it took in milliseconds */
async function failureOf(call: Promise<unknown>): Promise<{ error: UnavailableError; reason: string; took: number }> {
  const started = performance.now();
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UnavailableError)) throw new Error(`Expected an UnavailableError, got ${String(error)}`);
  return { error, reason: (error.cause as Error).message, took: performance.now() - started };
}

const calls: [string, (backend: S3StorageBackend) => Promise<unknown>][] = [
  ['stat', (backend) => backend.stat('x')],
  ['openRead', (backend) => backend.openRead('x')],
  ['delete', (backend) => backend.delete('x')],
  ['list', (backend) => backend.list().next()],
  ['abandonUploads', (backend) => backend.abandonUploads(new Date())],
  ['copyFrom', (backend) => backend.copyFrom(backend, 'x')],
];

describe.each(calls)('%s', (_name, call) => {
  it('fails at once when nothing listens', async () => {
    const { error, reason, took } = await failureOf(call(await backendAt('http://127.0.0.1:1')));
    expect([error.code, error.retryAfterSeconds]).toEqual(['storage-unavailable', 5]);
    expect(error.message).not.toContain('127.0.0.1');
    expect(reason).toMatch(/^storage backend cloud: \w+ failed: .*ECONNREFUSED/);
    expect(took).toBeLessThan(limits.call + LATE);
  });

  it('fails in time when the store does not answer', async () => {
    const { reason, took } = await failureOf(call(await backendAt(await silentStore())));
    expect(reason).toMatch(/failed: (no answer within 900 ms|TimeoutError)/);
    expect(took).toBeLessThan(limits.call + LATE);
  });

  it('fails when the store only has errors', async () => {
    const endpoint = await store((request, response) => {
      request.resume();
      response.writeHead(503).end('<Error><Code>SlowDown</Code><Message>Please reduce your rate</Message></Error>');
    });
    const { error, took } = await failureOf(call(await backendAt(endpoint)));
    expect(error.code).toBe('storage-unavailable');
    expect(took).toBeLessThan(limits.call + LATE);
  });
});

describe('write', () => {
  it('fails when nothing listens', async () => {
    const backend = await backendAt('http://127.0.0.1:1');
    const { reason } = await failureOf(backend.write('x', Readable.from([Buffer.from('x')]), contentType));
    expect(reason).toContain('ECONNREFUSED');
  });

  it('fails in time when the store does not answer', async () => {
    const backend = await backendAt(await silentStore());
    const { took } = await failureOf(backend.write('x', Readable.from([Buffer.from('x')]), contentType));
    // Three attempts with their pauses.
    expect(took).toBeLessThan(3 * limits.part + LATE);
  });
});

describe('uploads', () => {
  it('carry a digest that the store can verify, whole and in parts', async () => {
    const digests: unknown[] = [];
    const endpoint = await store((request, response) => {
      if (request.method === 'PUT') digests.push([request.headers['content-length'], request.headers['content-md5']]);
      request.resume().on('end', () => {
        const started = '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>';
        const completed = '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>';
        response.writeHead(200, { etag: '"e"' });
        response.end(request.method === 'PUT' ? '' : request.url?.includes('uploads') ? started : completed);
      });
    });
    const backend = await backendAt(endpoint, usualTimeLimits);
    const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64');
    const part = Buffer.alloc(16 * 1024 * 1024, 7);
    await backend.write('small', Readable.from([Buffer.from('x')]), contentType);
    await backend.write('large', Readable.from([part, Buffer.from('tail')]), contentType);
    expect(digests).toHaveLength(3);
    expect(digests).toEqual(
      expect.arrayContaining([
        ['1', md5(Buffer.from('x'))],
        [String(part.byteLength), md5(part)],
        ['4', md5(Buffer.from('tail'))],
      ]),
    );
  });
});

describe('openRead', () => {
  it('fails while reading when the store stops in the middle', async () => {
    const endpoint = await store((_request, response) => {
      response.writeHead(200, { 'content-length': 100, 'content-type': contentType }).write('half');
    });
    const stream = await (await backendAt(endpoint)).openRead('x');
    await expect(buffer(stream)).rejects.toThrow(/timed out|aborted/);
  });

  it('goes on for longer than a call may take, as long as bytes come', async () => {
    const endpoint = await store((_request, response) => {
      response.writeHead(200, { 'content-length': 12, 'content-type': contentType });
      let sent = 0;
      const timer = setInterval(() => {
        response.write('x');
        sent += 1;
        if (sent === 12) clearInterval(timer);
      }, 100);
    });
    expect((await buffer(await (await backendAt(endpoint, { ...limits, idle: LATE })).openRead('x'))).toString()).toBe(
      'x'.repeat(12),
    );
  });
});

describe('check', () => {
  it.each([
    ['nothing listens', () => Promise.resolve('http://127.0.0.1:1'), usualTimeLimits, /ECONNREFUSED/],
    ['the store does not answer', silentStore, limits, /HeadBucket failed: (no answer|TimeoutError)/],
    ['access is denied', () => refusing(403), usualTimeLimits, /not allowed to do this; grant them s3:ListBucket/],
    ['the bucket is missing', () => refusing(404), usualTimeLimits, /HeadBucket failed: there is no such bucket/],
  ])('says why it does not work when %s, and does not reject', async (_what, endpoint, patience, problem) => {
    const health = await (await backendAt(await endpoint(), patience)).check();
    expect(health).toEqual({
      available: false,
      latencyMilliseconds: expect.any(Number) as number,
      problem: expect.stringMatching(problem) as string,
    });
    expect(health.latencyMilliseconds).toBeLessThan(patience.check + LATE);
  });

  function refusing(status: number): Promise<string> {
    return store((_request, response) => response.writeHead(status).end());
  }
});

describe('what needs no store', () => {
  it('goes on while the store is dead: upload and download URLs', async () => {
    const backend = await backendAt('http://127.0.0.1:1');
    expect(backend.getUrls({ objectId: 'x', baseUrl: '' })).toHaveLength(1);
    expect(
      backend.putRequest({ objectId: 'x', contentType, presigned: true, baseUrl: '', expiresInSeconds: 600 }).url,
    ).toContain('X-Amz-Signature=');
  });

  it('names the public endpoint in URLs', async () => {
    const settings = s3Settings.parse({
      bucket: 'media',
      endpoint: 'http://10.0.0.5:7480',
      public_endpoint: 'https://media.example.com/',
      access_key_id: 'AKIA',
      secret_access_key: 'secret',
    });
    const details = { id: randomUUID(), store_type: 'http_object_store', provider: 'x', store_product: 'y' } as const;
    const backend = await openS3Backend(settings, { details, presignedUrlSeconds: 600 });
    open.push(backend);
    expect(backend.getUrls({ objectId: 'x', baseUrl: '' })[0]!.url).toMatch(
      /^https:\/\/media\.example\.com\/media\/x\?/,
    );
  });

  it('measures each call', async () => {
    const observed: string[] = [];
    const endpoint = await store((request, response) =>
      response.writeHead(request.method === 'HEAD' ? 404 : 204).end(),
    );
    const backend = await backendAt(endpoint, usualTimeLimits, observed);
    await backend.stat('x');
    await backend.delete('x');
    expect(observed).toEqual(['HeadObject', 'DeleteObject']);
  });
});

describe('an answer that does not say enough', () => {
  it('is no size: HEAD without Content-Length', async () => {
    const endpoint = await store((_request, response) => response.writeHead(200, { etag: '"e"' }).end());
    const { reason } = await failureOf((await backendAt(endpoint, usualTimeLimits)).stat('x'));
    expect(reason).toMatch(/HeadObject was answered without Content-Length/);
  });

  it('is no deletion: 404 of a gateway that knows no way to the store', async () => {
    const backend = await backendAt(
      await store((_request, response) => response.writeHead(404).end()),
      usualTimeLimits,
    );
    expect(await backend.stat('x')).toBeUndefined();
    await failureOf(backend.delete('x'));
  });

  it('is a deletion: 404 that names the key', async () => {
    const gone = '<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>';
    const endpoint = await store((_request, response) => response.writeHead(404).end(gone));
    await expect((await backendAt(endpoint, usualTimeLimits)).delete('x')).resolves.toBeUndefined();
  });
});

describe('a listing', () => {
  /** A store that ends a page after one key, whatever it was asked for. */
  const shortPages: RequestListener = (request, response) => {
    const isFirst = !request.url?.includes('start-after');
    const rest = isFirst
      ? '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a</Key><Size>3</Size></Contents>'
      : '<IsTruncated>false</IsTruncated><Contents><Key>b</Key><Size>4</Size></Contents>';
    response.end(`<?xml version="1.0"?><ListBucketResult>${rest}</ListBucketResult>`);
  };

  it('says whether more may come, as a store may end a page before it is full', async () => {
    const backend = await backendAt(await store(shortPages), usualTimeLimits);
    const [first, second] = [await backend.listAfter('', 1000), await backend.listAfter('a', 1000)];
    expect(first).toMatchObject({ objects: [{ objectId: 'a', sizeBytes: 3 }], isTruncated: true });
    expect(second).toMatchObject({ objects: [{ objectId: 'b', sizeBytes: 4 }], isTruncated: false });
  });

  /** Everything a store lists whose pages are these, one after another. */
  async function listed(...pages: readonly string[]): Promise<{ ids: string[]; asked: (string | undefined)[] }> {
    const asked: (string | undefined)[] = [];
    const endpoint = await store((request, response) => {
      const body = pages[asked.push(request.url?.replace(/^[^?]*\?/, '')) - 1] ?? '';
      response.end(`<?xml version="1.0"?><ListBucketResult>${body}</ListBucketResult>`);
    });
    const ids: string[] = [];
    for await (const { objectId } of (await backendAt(endpoint, usualTimeLimits)).list()) ids.push(objectId);
    return { ids, asked };
  }
  const key = (name: string): string => `<Contents><Key>${name}</Key><Size>1</Size></Contents>`;

  it('goes on behind its last key where a store says that there is more and gives no token', async () => {
    const more = '<IsTruncated>true</IsTruncated>';
    const { ids, asked } = await listed(more + key('a'), more + key('b'), key('c'));
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(asked.map((query) => /start-after=(\w)/.exec(query ?? '')?.[1])).toEqual([undefined, 'a', 'b']);
  });

  it('fails where that brings nothing', async () => {
    await failureOf(listed(`<IsTruncated>true</IsTruncated>${key('a')}`, '<IsTruncated>true</IsTruncated>'));
  });

  it('ends with an empty token', async () => {
    const end = '<IsTruncated>false</IsTruncated><NextContinuationToken></NextContinuationToken>';
    expect((await listed(key('a') + end)).ids).toEqual(['a']);
  });
});

describe('without credentials', () => {
  const variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_EC2_METADATA_DISABLED'];
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

  beforeEach(() => {
    for (const name of variables) Reflect.deleteProperty(process.env, name);
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/nonexistent';
    process.env['AWS_CONFIG_FILE'] = '/nonexistent';
  });

  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    Reflect.deleteProperty(process.env, 'AWS_SHARED_CREDENTIALS_FILE');
    Reflect.deleteProperty(process.env, 'AWS_CONFIG_FILE');
  });

  async function backendOfDefaultChain(): Promise<S3StorageBackend> {
    const settings = s3Settings.parse({ bucket: 'media', endpoint: 'http://127.0.0.1:1' });
    const details = { id: randomUUID(), store_type: 'http_object_store', provider: 'x', store_product: 'y' } as const;
    const backend = await openS3Backend(settings, { details, presignedUrlSeconds: 600, limits });
    open.push(backend);
    return backend;
  }

  it('has no download URLs, refuses uploads for now, and says so in the log', async () => {
    const log = jest.spyOn(loggerFor('S3Storage'), 'error').mockImplementation();
    const backend = await backendOfDefaultChain();
    expect(log.mock.calls.flat().join()).toMatch(/no credentials were found; set access_key_id/);
    log.mockRestore();
    expect(backend.getUrls({ objectId: 'x', baseUrl: '' })).toEqual([]);
    expect(() =>
      backend.putRequest({ objectId: 'x', contentType, presigned: true, baseUrl: '', expiresInSeconds: 600 }),
    ).toThrow(UnavailableError);
  });

  it("uses the default chain's", async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAFROMCHAIN';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
    expect((await backendOfDefaultChain()).getUrls({ objectId: 'x', baseUrl: '' })[0]!.url).toContain('AKIAFROMCHAIN');
  });
});
