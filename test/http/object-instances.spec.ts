import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually';
import { InstanceFixtures, sha256 } from './instance-fixtures';

let tams: InstanceFixtures;

beforeAll(async () => {
  tams = await InstanceFixtures.start({ COPY_SOURCE_ALLOWED_HOSTS: '127.0.0.1' });
});
afterAll(() => tams.stop());

const code = (answer: { readonly body: { readonly type: string } }): string =>
  answer.body.type.replace('urn:x-tams:problem:', '');

/** Runs a test against an HTTP server that is none of ours. */
async function withSource(listener: RequestListener, test: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Registers an object that only a URL leads to. */
async function externalObject(url: string): Promise<string> {
  const objectId = `external-${randomUUID()}`;
  const segment = { object_id: objectId, timerange: '[0:0_1:0)', get_urls: [{ url, label: 'origin' }] };
  expect((await tams.client.post(`/flows/${await tams.flow()}/segments`, segment)).status).toBe(201);
  return objectId;
}

it('deletes while copies that do not end take every place there is for copies', async () => {
  const object = await tams.object(randomBytes(100));
  await tams.add(object, { storage_id: tams.second });
  await tams.settled(object);
  const open: (() => void)[] = [];
  const listener: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': '2000' });
    response.write(Buffer.alloc(1000, 1));
    open.push(() => response.end(Buffer.alloc(1000, 2)));
  };
  await withSource(listener, async (url) => {
    const slow = [await externalObject(`${url}/one.ts`), await externalObject(`${url}/two.ts`)];
    for (const each of slow) await tams.add(each, { storage_id: tams.second });
    await eventually(
      () => Promise.resolve(open.length),
      (begun) => begun === 2,
    );
    const removed = await tams.client.delete(`/objects/${object}/instances?storage_id=${tams.second}`);
    expect(removed.status).toBe(204);
    expect((await tams.settled(object)).map(({ storage_id }) => storage_id)).toEqual([tams.first]);
    for (const end of open) end();
    for (const each of slow) await tams.settled(each);
  });
});

it('refuses more copies in progress than COPIES_PER_PRINCIPAL', async () => {
  const limited = await InstanceFixtures.start({ COPY_SOURCE_ALLOWED_HOSTS: '127.0.0.1', COPIES_PER_PRINCIPAL: '1' });
  const open: (() => void)[] = [];
  const listener: RequestListener = (_request, response) => {
    open.push(() => response.end('media'));
  };
  try {
    await withSource(listener, async (url) => {
      const slow = await limited.object(randomBytes(10));
      await limited.add(slow, { url, label: 'slow' });
      await limited.database.query(
        `UPDATE object_instances SET state = 'missing', size_bytes = NULL, sha256 = NULL WHERE url IS NULL`,
      );
      await limited.add(slow, { storage_id: limited.second });
      const other = await limited.object(randomBytes(10));
      const refused = await limited.add(other, { storage_id: limited.second });
      expect([refused.status, code(refused as never)]).toEqual([429, 'too-many-copies']);
      await eventually(
        () => Promise.resolve(open.length),
        (begun) => begun > 0,
      );
      for (const end of open) end();
      await limited.settled(slow);
      expect((await limited.add(other, { storage_id: limited.second })).status).toBe(201);
      await limited.settled(other);
    });
  } finally {
    await limited.stop();
  }
});

describe('POST /objects/{objectId}/instances with storage_id', () => {
  it('copies to the other backend, and advertises it once it is complete, with size and hash', async () => {
    const bytes = randomBytes(5_000_000);
    const object = await tams.object(bytes);
    const answer = await tams.add(object, { storage_id: tams.second });
    expect([answer.status, answer.bytes.length]).toEqual([201, 0]);
    const rows = await tams.settled(object);
    expect(rows.map(({ storage_id, size_bytes, sha256: hash }) => [storage_id, size_bytes, hash])).toEqual([
      [tams.first, '5000000', sha256(bytes)],
      [tams.second, '5000000', sha256(bytes)],
    ]);
    expect(await tams.places(object)).toEqual([tams.first, tams.second].sort());
    expect((await tams.bytes(object, tams.second)).equals(bytes)).toBe(true);
    const labelled = (await tams.urls(object)).filter(({ storage_id: id }) => id === tams.second);
    for (const url of labelled) expect(url).toMatchObject({ label: 'second', controlled: true });
  });

  it('lists all instances with the segment too', async () => {
    const flow = await tams.flow();
    const { id, putUrl } = await tams.allocate(flow);
    await tams.upload(putUrl, randomBytes(10));
    await tams.register(flow, id);
    await tams.add(id, { storage_id: tams.second });
    await tams.settled(id);
    const { body } = await tams.client.get<{ get_urls: { label: string }[] }[]>(`/flows/${flow}/segments`);
    expect([...new Set(body[0]?.get_urls.map(({ label }) => label))]).toEqual(['first', 'second']);
  });

  it('never advertises a copy before it is complete, nor lets anybody upload in its place', async () => {
    let finish: (() => void) | undefined;
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '2000' });
      response.write(Buffer.alloc(1000, 1));
      finish = () => {
        response.end(Buffer.alloc(1000, 2));
      };
    };
    await withSource(listener, async (url) => {
      const object = await externalObject(`${url}/media.ts`);
      await tams.add(object, { storage_id: tams.second });
      await eventually(
        () => Promise.resolve(finish),
        (begun) => begun !== undefined,
      );
      expect(await tams.places(object)).toEqual(['origin']);
      expect((await tams.rows(object)).map(({ state }) => state)).toEqual(['ready', 'copying']);
      const plain = `${tams.url}/media/${tams.second}/${Buffer.from(object).toString('base64url')}`;
      expect(await tams.upload(plain, randomBytes(5))).toBeGreaterThanOrEqual(400);
      // Asking again while it is under way is no mistake.
      expect((await tams.add(object, { storage_id: tams.second })).status).toBe(201);
      finish?.();
      await tams.settled(object);
      expect(await tams.places(object)).toEqual([tams.second, 'origin'].sort());
      expect((await tams.bytes(object, tams.second)).length).toBe(2000);
    });
  });

  it('copies an initialisation object on its own, and none along with its media', async () => {
    const flow = await tams.flow({
      container: 'video/mp4',
      essence_parameters: {
        frame_rate: { numerator: 25, denominator: 1 },
        frame_width: 1920,
        frame_height: 1080,
        init_segments: true,
      },
    });
    const [media, init] = [await tams.allocate(flow), await tams.allocate(flow)];
    for (const { putUrl } of [media, init]) await tams.upload(putUrl, randomBytes(100), 'video/mp4');
    const segment = { object_id: media.id, init_object_id: init.id, timerange: '[0:0_1:0)' };
    expect((await tams.client.post(`/flows/${flow}/segments`, segment)).status).toBe(201);

    await tams.add(media.id, { storage_id: tams.second });
    await tams.settled(media.id);
    expect(await tams.places(init.id)).toEqual([tams.first]);
    await tams.add(init.id, { storage_id: tams.second });
    await tams.settled(init.id);
    expect(await tams.places(init.id)).toHaveLength(2);
    await tams.remove(media.id, { storage_id: tams.first });
    await tams.settled(media.id);
    expect(await tams.places(init.id)).toHaveLength(2);
  });

  it.each([
    ['a backend that has one', () => ({ storage_id: tams.first }), 'object-instance-exists'],
    ['an unknown backend', () => ({ storage_id: randomUUID() }), 'unknown-storage-backend'],
    ['a malformed backend', () => ({ storage_id: 'x' }), 'validation-failed'],
    ['nothing', () => ({}), 'validation-failed'],
    ['a list', () => [], 'validation-failed'],
    [
      'both kinds at once',
      () => ({ storage_id: tams.second, url: 'https://a.example/b', label: 'c' }),
      'validation-failed',
    ],
  ])('refuses %s', async (_case, body, problem) => {
    const object = await tams.object();
    const answer = await tams.add(object, body());
    expect([answer.status, code(answer)]).toEqual([400, problem]);
    expect(await tams.places(object)).toEqual([tams.first]);
  });

  it('is 404 for an object nobody knows, or that was only allocated', async () => {
    expect((await tams.add('nobody/knows', { storage_id: tams.second })).status).toBe(404);
    const { id } = await tams.allocate(await tams.flow());
    expect((await tams.add(id, { storage_id: tams.second })).status).toBe(404);
    expect((await tams.remove(id, { storage_id: tams.first })).status).toBe(404);
  });
});

describe('copying from a URL outside the store', () => {
  const media = randomBytes(300_000);

  it('follows redirections, and goes from then on without it', async () => {
    const listener: RequestListener = (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/media.ts' }).end();
      else response.writeHead(200, { 'content-type': 'video/mp2t' }).end(media);
    };
    await withSource(listener, async (url) => {
      const object = await externalObject(`${url}/moved`);
      expect((await tams.add(object, { storage_id: tams.first })).status).toBe(201);
      await tams.settled(object);
      expect((await tams.remove(object, { label: 'origin' })).status).toBe(204);
      expect(await tams.places(object)).toEqual([tams.first]);
      expect((await tams.bytes(object, tams.first)).equals(media)).toBe(true);
    });
  });

  it('tries again after a source that breaks off, and never advertises half of it', async () => {
    let requests = 0;
    const listener: RequestListener = (_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': String(media.length) });
      if (requests > 1) response.end(media);
      else response.write(media.subarray(0, 100_000), () => response.destroy());
    };
    await withSource(listener, async (url) => {
      const object = await externalObject(url);
      await tams.add(object, { storage_id: tams.first });
      await eventually(
        () => Promise.resolve(requests),
        (count) => count > 0,
      );
      expect((await tams.rows(object)).map(({ state }) => state)).not.toContain('missing');
      const rows = await tams.settled(object);
      expect(rows.at(-1)).toMatchObject({ size_bytes: String(media.length), sha256: sha256(media) });
      expect(requests).toBe(2);
    });
  });

  it('refuses bytes that are not those of the other instances', async () => {
    let served = Buffer.from('something else entirely');
    await withSource(
      (_request, response) => response.end(served),
      async (url) => {
        const object = await tams.object(media);
        await tams.add(object, { url, label: 'mirror' });
        // Only the mirror is left to copy from.
        await tams.database.query(
          `UPDATE object_instances SET state = 'missing' WHERE object_id = $1 AND storage_id = $2`,
          [object, tams.first],
        );
        await tams.database.query(
          'UPDATE object_instances SET size_bytes = $2, sha256 = $3 WHERE object_id = $1 AND url IS NOT NULL',
          [object, media.length, sha256(media)],
        );
        await tams.add(object, { storage_id: tams.second });
        const failed = `SELECT 1 FROM jobs.job WHERE name = 'object-instance' AND data #>> '{data,objectId}' = $1 AND retry_count > 0`;
        await eventually(
          async () => (await tams.database.query(failed, [object])).rowCount,
          (count) => count === 1,
        );
        expect(await tams.places(object)).toEqual(['mirror']);
        expect(existsSync(tams.fileOf('second', object))).toBe(false);
        served = media;
        await tams.settled(object);
        expect((await tams.bytes(object, tams.second)).equals(media)).toBe(true);
      },
    );
  });

  it('reads nothing from inside the network unless that is allowed', async () => {
    let asked = false;
    const guarded = await InstanceFixtures.start();
    try {
      await withSource(
        (_request, response) => {
          asked = true;
          response.end('secret');
        },
        async (url) => {
          for (const origin of [url, url.replace('127.0.0.1', 'localhost')]) {
            const object = `external-${randomUUID()}`;
            const get_urls = [{ url: origin, label: 'origin' }];
            const segment = { object_id: object, timerange: '[0:0_1:0)', get_urls };
            await guarded.client.post(`/flows/${await guarded.flow()}/segments`, segment);
            await guarded.add(object, { storage_id: guarded.first });
            const failure = `SELECT output::text AS output FROM jobs.job WHERE name = 'object-instance' AND data #>> '{data,objectId}' = $1 AND retry_count > 0`;
            const rows = await eventually(
              async () => (await guarded.database.query<{ output: string }>(failure, [object])).rows,
              ({ length }) => length === 1,
            );
            expect(rows[0]?.output).toContain('not on the public Internet');
            expect(await guarded.places(object)).toEqual(['origin']);
          }
        },
      );
      expect(asked).toBe(false);
    } finally {
      await guarded.stop();
    }
  });
});

describe('POST /objects/{objectId}/instances with url and label', () => {
  const url = 'https://cdn.example.com/media.ts?signature=a';

  it('adds the URL, exactly as it was given', async () => {
    const object = await tams.object();
    const answer = await tams.add(object, { url, label: 'cdn' });
    expect([answer.status, answer.bytes.length]).toEqual([201, 0]);
    expect((await tams.urls(object)).at(-1)).toEqual({ url, label: 'cdn', controlled: false, presigned: false });
  });

  it('refuses a label that is taken by a backend or by the object, and URLs that are none', async () => {
    const object = await tams.object();
    await tams.add(object, { url, label: 'cdn' });
    for (const label of ['first', 'second', 'cdn']) {
      const answer = await tams.add(object, { url: 'https://other.example.com/', label });
      expect([answer.status, code(answer)]).toEqual([400, 'instance-label-taken']);
    }
    for (const body of [{ url }, { label: 'x' }, { url: 'ftp://a.example/b', label: 'x' }, { url: 'x', label: 'x' }]) {
      expect((await tams.add(object, body)).status).toBe(400);
    }
    expect((await tams.add(await tams.object(), { url, label: 'cdn' })).status).toBe(201);
  });
});

describe('DELETE /objects/{objectId}/instances', () => {
  async function twice(): Promise<string> {
    const object = await tams.object();
    await tams.add(object, { storage_id: tams.second });
    await tams.settled(object);
    return object;
  }

  it.each(['storage_id', 'label'])('by %s: not listed at once, and the bytes go', async (by) => {
    const object = await twice();
    expect(existsSync(tams.fileOf('first', object))).toBe(true);
    const answer = await tams.remove(object, by === 'label' ? { label: 'first' } : { storage_id: tams.first });
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    expect(await tams.places(object)).toEqual([tams.second]);
    expect(await tams.settled(object)).toHaveLength(1);
    expect(existsSync(tams.fileOf('first', object))).toBe(false);
    expect(existsSync(tams.fileOf('second', object))).toBe(true);
  });

  it('can be followed by a new copy to the same backend', async () => {
    const object = await twice();
    await tams.remove(object, { storage_id: tams.first });
    expect((await tams.add(object, { storage_id: tams.first })).status).toBe(201);
    await tams.settled(object);
    expect(await tams.places(object)).toEqual([tams.first, tams.second].sort());
    expect(await tams.bytes(object, tams.first)).toHaveLength(1000);
  });

  it('keeps the last instance, also against two clients at once', async () => {
    const single = await tams.object();
    const answer = await tams.remove(single, { storage_id: tams.first });
    expect([answer.status, code(answer)]).toEqual([400, 'last-object-instance']);

    const object = await twice();
    const answers = await Promise.all([
      tams.remove(object, { storage_id: tams.first }),
      tams.remove(object, { storage_id: tams.second }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
    await tams.settled(object);
    expect(await tams.places(object)).toHaveLength(1);
  });

  it('keeps the only instance that holds bytes, whatever rows say', async () => {
    const object = await tams.object();
    // As after an upload that never came: a row, and nothing behind it.
    await tams.database.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [
      object,
      tams.second,
    ]);
    expect((await tams.remove(object, { storage_id: tams.first })).status).toBe(400);
    expect(await tams.bytes(object, tams.first)).toHaveLength(1000);
    expect((await tams.remove(object, { storage_id: tams.second })).status).toBe(204);
  });

  it('ends a copy that is still under way', async () => {
    await withSource(
      () => undefined,
      async (url) => {
        const object = await externalObject(url);
        await tams.add(object, { storage_id: tams.second });
        expect((await tams.remove(object, { storage_id: tams.second })).status).toBe(204);
        expect((await tams.rows(object)).at(-1)?.state).toBe('deleting');
      },
    );
  });

  it.each([
    ['neither', {}, 'validation-failed'],
    ['both', { storage_id: randomUUID(), label: 'first' }, 'validation-failed'],
    ['a malformed storage_id', { storage_id: 'x' }, 'validation-failed'],
    ['an unknown storage_id', { storage_id: randomUUID() }, 'object-instance-unknown'],
    ['an unknown label', { label: 'nobody' }, 'object-instance-unknown'],
  ])('refuses %s', async (_case, query, problem) => {
    const object = await twice();
    const answer = await tams.remove(object, query);
    expect([answer.status, code(answer)]).toEqual([400, problem]);
    expect(await tams.places(object)).toHaveLength(2);
  });
});

describe('sizes', () => {
  it('are known at upload, and found out later where nobody noted them', async () => {
    const object = await tams.object(randomBytes(777));
    expect((await tams.rows(object))[0]?.size_bytes).toBe('777');
    await tams.database.query('UPDATE object_instances SET size_bytes = NULL WHERE object_id = $1', [object]);
    await eventually(
      async () => (await tams.rows(object))[0]?.size_bytes,
      (size) => size === '777',
    );
  });
});
