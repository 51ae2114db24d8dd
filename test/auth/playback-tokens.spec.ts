import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { AuthServer } from './support/auth-server';
import { ClassServer } from './support/class-world';
import { videoFlow } from '../support/flow-fixtures';

const relative = (from: string, address: string): string => {
  const url = new URL(address, new URL(from, 'http://server'));
  return url.pathname + url.search;
};
/** An entry beside the playlist that a token opens. */
const entryOf = (playlist: string, name: string): string => playlist.replace('output.m3u8', `output/${name}`);
const uris = (playlist: string): string[] =>
  playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('a playback token', () => {
  let server: AuthServer;
  let flow: ReturnType<typeof videoFlow>;
  beforeAll(async () => {
    server = await AuthServer.start();
    flow = videoFlow({ status: 'closed_complete' });
    await server.as('admin', 'PUT', `/flows/${flow.id}`, flow);
    const storage = await server.as('admin', 'POST', `/flows/${flow.id}/storage`, { limit: 2 });
    const objects = storage.body['media_objects'] as { object_id: string }[];
    const segments = objects.map(({ object_id: id }, index) => ({
      object_id: id,
      timerange: `[${index}:0_${index + 1}:0)`,
    }));
    await server.as('admin', 'POST', `/flows/${flow.id}/segments`, segments);
  });
  afterAll(() => server.stop());

  const issued = async (
    caller: 'read' | 'admin',
    body: object,
    by: 'bearer' | 'url_token' = 'bearer',
  ): Promise<string> => {
    const answer = await server.as(caller, 'POST', '/service/playback-tokens', body, by);
    expect(answer.status).toBe(201);
    const { url, expires } = answer.body as { url: string; expires: string };
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(43_000_000);
    return new URL(url).pathname;
  };
  const status = async (path: string): Promise<number> => (await server.send('GET', path)).status;
  /** A playlist without credentials, and where its first entry leads. */
  const play = async (path: string): Promise<string> => {
    const { text } = await server.send('GET', path);
    const entry = await server.send('GET', relative(path, uris(text)[0] ?? ''));
    return entry.status === 302 ? (entry.headers.get('location') ?? '') : String(entry.status);
  };

  it('plays a Flow without any credentials, in an address any page may use', async () => {
    const path = await issued('read', { flow_id: flow.id });
    expect(path).toMatch(/^\/playback\/tams_play_[\w-]{43}\/output\.m3u8$/);
    expect(await play(path)).toMatch(/\/media\/.*signature=/);
    const answer = await server.send('GET', path, { headers: { origin: 'https://player.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = { origin: 'https://player.example', 'access-control-request-method': 'GET' };
    expect((await server.send('OPTIONS', path, { headers: preflight })).status).toBe(204);
  });

  it('stands in the playlists that callers read with credentials, and stays the same', async () => {
    const address = `/flows/${flow.id}/output.m3u8`;
    const [first, again] = [await server.as('read', 'GET', address), await server.as('read', 'GET', address)];
    expect(first.text).toBe(again.text);
    const [entry = ''] = uris(first.text);
    expect(entry).toMatch(/^\.\.\/\.\.\/playback\/tams_play_[\w-]{43}\/output\/1000000000\.ts$/);
    expect(await status(relative(address, entry))).toBe(302);
    expect((await server.as('write', 'GET', address)).status).toBe(403);
  });

  it('plays a Source, whose parts have tokens of their own', async () => {
    const path = await issued('read', { source_id: flow.source_id });
    const { text } = await server.send('GET', path);
    const media = relative(path, uris(text)[0] ?? '');
    expect(media).toMatch(/^\/playback\/tams_play_/);
    expect(media).not.toBe(path);
    expect(await play(media)).toMatch(/signature=/);
    expect(await status(entryOf(path, '1000000000.ts'))).toBe(404);
  });

  it('opens nothing else: not another Flow, not the API', async () => {
    const other = videoFlow();
    await server.as('admin', 'PUT', `/flows/${other.id}`, other);
    const path = await issued('read', { flow_id: flow.id });
    const token = path.split('/')[2] ?? '';
    expect(await status(`/flows/${other.id}/output.m3u8?access_token=${token}`)).toBe(401);
    expect((await server.send('GET', '/flows', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    const theirs = await issued('admin', { flow_id: other.id });
    for (const name of ['1000000000.ts', '2000000000.ts'])
      expect([await status(entryOf(path, name)), await status(entryOf(theirs, name))]).toEqual([302, 404]);
    const last = token.at(-12) === 'A' ? 'B' : 'A';
    const changed = token.slice(0, -12) + last + token.slice(-11);
    for (const wrong of [changed, 'tams_play_', `tams_play_${'A'.repeat(43)}`, 'x', encodeURIComponent('../flows')]) {
      const answer = await server.send('GET', `/playback/${wrong}/output.m3u8`);
      expect([wrong, answer.status]).toEqual([wrong, 403]);
    }
  });

  it('opens neither playlist nor entry nor gap once it has expired or is revoked', async () => {
    const ended = {
      expired: `SET expires = clock_timestamp() - interval '1 second'`,
      revoked: 'SET revoked = clock_timestamp()',
    };
    const database = new Pool({ connectionString: server.tams.databaseUrl, max: 1 });
    try {
      for (const [how, change] of Object.entries(ended)) {
        const path = await issued('admin', { flow_id: flow.id });
        const opened = [path, entryOf(path, '1000000000.ts'), entryOf(path, 'gap.ts')];
        expect([how, await Promise.all(opened.map(status))]).toEqual([how, [200, 302, 200]]);
        await database.query(`UPDATE playback_tokens ${change}`);
        expect([how, await Promise.all(opened.map(status))]).toEqual([how, [403, 403, 403]]);
      }
    } finally {
      await database.end();
    }
  });

  it('is refused to whom may not read, and for what is not there', async () => {
    expect((await server.as('write', 'POST', '/service/playback-tokens', { flow_id: flow.id })).status).toBe(403);
    expect((await server.as('read', 'POST', '/service/playback-tokens', { flow_id: randomUUID() })).status).toBe(404);
    for (const body of [{}, { flow_id: flow.id, source_id: flow.source_id }, { flow_id: 'x' }])
      expect((await server.as('read', 'POST', '/service/playback-tokens', body)).status).toBe(400);
  });

  it('ends when its holder or an administrator revokes it, and a new one can be had', async () => {
    const [own, others] = [await issued('read', { flow_id: flow.id }), await issued('admin', { flow_id: flow.id })];
    expect((await server.as('read', 'DELETE', '/service/playback-tokens?principal=admin')).status).toBe(403);
    expect((await server.as('read', 'DELETE', '/service/playback-tokens')).status).toBe(204);
    expect([await status(own), await status(others)]).toEqual([403, 200]);
    const again = await issued('read', { flow_id: flow.id });
    expect(await status(again)).toBe(200);
    expect((await server.as('admin', 'DELETE', '/service/playback-tokens?principal=read')).status).toBe(204);
    expect([await status(again), await status(others)]).toEqual([403, 200]);
  });

  it('ends with the access token it was issued to', async () => {
    const path = await issued('read', { flow_id: flow.id }, 'url_token');
    expect(await status(path)).toBe(200);
    const tokens = (await server.as('admin', 'GET', '/service/access-tokens')).body as unknown as {
      id: string;
      name: string;
    }[];
    const { id } = tokens.find(({ name }) => name === 'read')!;
    expect((await server.as('admin', 'DELETE', `/service/access-tokens/${id}`)).status).toBe(204);
    expect(await status(path)).toBe(403);
  });

  it('expires', async () => {
    const short = await AuthServer.start({ PLAYBACK_TOKEN_LIFETIME_SECONDS: '60' });
    try {
      await short.as('admin', 'PUT', `/flows/${flow.id}`, flow);
      const { body } = await short.as('read', 'POST', '/service/playback-tokens', { flow_id: flow.id });
      expect(Date.parse(body['expires'] as string) - Date.now()).toBeLessThanOrEqual(60_000);
    } finally {
      await short.stop();
    }
  });
});

describe('a playback token where classes count', () => {
  it('is worth what its holder may read now', async () => {
    const server = await ClassServer.start();
    try {
      const { flowId, sourceId } = await server.world();
      for (const [caller, expected] of [
        ['read', 201],
        ['write', 403],
        ['none', 404],
      ] as const)
        for (const body of [{ flow_id: flowId }, { source_id: sourceId }])
          expect([caller, (await server.as(caller, 'POST', '/service/playback-tokens', body)).status]).toEqual([
            caller,
            expected,
          ]);
      const { body } = await server.as('read', 'POST', '/service/playback-tokens', { flow_id: flowId });
      const path = new URL(body['url'] as string).pathname;
      const status = async (): Promise<number> => (await server.auth.send('GET', path)).status;
      expect(await status()).toBe(200);
      await server.make('PUT', `/flows/${flowId}/tags/auth_classes`, ['news']);
      expect(await status()).toBe(404);
    } finally {
      await server.stop();
    }
  });
});
