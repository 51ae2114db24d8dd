import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration, ConfigurationError } from '@tams/platform';
import { eventually } from '../support/eventually';
import { TamsServer } from '../../apps/tams-api/src/tams-server';
import { createTestDatabase } from '../support/test-database';
import { type Answer, AuthServer, basic, passwordHash } from './support/auth-server';

let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start({ AUTH_BASIC_FAILURES_PER_MINUTE: '0' });
});
afterAll(() => server.stop());

function login(name: string, password: string, from = server): Promise<Answer> {
  return from.send('GET', '/flows', { headers: { authorization: basic(name, password) } });
}

describe('a user of the file', () => {
  it('gets in with the right password, again and again, and with no other', async () => {
    expect((await login('read', 'secret')).status).toBe(200);
    expect((await login('read', 'secret')).status).toBe(200);
    for (const wrong of ['Secret', 'secret ', '', 'secret\u0000', 'x'.repeat(200)]) {
      const answer = await login('read', wrong);
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain('secret');
    }
  });

  it('and one who is not there are answered the same, in the same time', async () => {
    const known = await login('read', 'wrong');
    const unknown = await login('nobody', 'wrong');
    expect({ ...unknown.body, correlation_id: '' }).toEqual({ ...known.body, correlation_id: '' });
    const time = async (name: string): Promise<number> => {
      const durations: number[] = [];
      for (let attempt = 0; attempt < 7; attempt += 1) {
        const begin = performance.now();
        await login(name, `wrong ${name} ${attempt}`);
        durations.push(performance.now() - begin);
      }
      return durations.sort((a, b) => a - b)[3]!;
    };
    const ratio = (await time('read')) / (await time('nobody'));
    // One bcrypt comparison each; without one the ratio would be beyond ten.
    expect(ratio).toBeGreaterThan(0.33);
    expect(ratio).toBeLessThan(3);
  });

  it('may send nothing that is not a name and a password', async () => {
    for (const text of ['read', 'read\n:secret', 'read:sec\u0007ret'])
      expect(
        (
          await server.send('GET', '/flows', {
            headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
          })
        ).status,
      ).toBe(401);
    expect((await login('__proto__', 'secret')).status).toBe(401);
    expect((await login('constructor', 'secret')).status).toBe(401);
  });

  it('may have colons and any letters in the password', async () => {
    appendFileSync(server.usersFile, `zoë:${passwordHash('p:ä:ß')}:read:\n`);
    await eventually(
      async () => (await login('zoë', 'p:ä:ß')).status === 200,
      (done) => done,
    );
  });
});

describe('the users file', () => {
  it('is read again when it changes: who left is out at once, who was given more may do more', async () => {
    const own = await AuthServer.start();
    try {
      expect((await login('delete', 'secret', own)).status).toBe(403);
      expect((await login('read', 'secret', own)).status).toBe(200);
      const lines = readFileSync(own.usersFile, 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('read:'))
        .map((line) => line.replace(/:delete:/, ':tams-api/read, delete:'));
      writeFileSync(own.usersFile, lines.join('\n'));
      await eventually(
        async () => (await login('delete', 'secret', own)).status === 200,
        (done) => done,
      );
      expect((await login('read', 'secret', own)).status).toBe(401);
      // A broken file does not lock everybody out.
      writeFileSync(own.usersFile, 'delete:not-a-hash:read:\n');
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect((await login('delete', 'secret', own)).status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  it.each([
    ['is not there', undefined, 'no such file'],
    ['has plain passwords', 'me:secret:read:', 'bcrypt hash'],
    ['has cheap hashes', `me:${passwordHash('x').replace('$10$', '$04$')}:read:`, 'cost 10 to 16'],
    ['grants what there is not', `me:${passwordHash('x')}:root:`, 'must be one of'],
    ['names somebody twice', `me:${passwordHash('x')}:read:\nme:${passwordHash('y')}:admin:`, 'twice'],
  ])('keeps the server from starting when it %s', async (_, text, complaint) => {
    const directory = await mkdtemp(join(tmpdir(), 'tams-users-'));
    try {
      const file = join(directory, 'users');
      if (text !== undefined) writeFileSync(file, text);
      const start = TamsServer.start(
        new Configuration({
          PORT: '0',
          LOG_LEVEL: 'silent',
          DATABASE_URL: await createTestDatabase(),
          DATA_DIR: directory,
          AUTH_MODE: 'basic',
          AUTH_BASIC_USERS_FILE: file,
        }),
      );
      await expect(start).rejects.toThrow(ConfigurationError);
      await expect(start).rejects.toThrow(complaint);
      await expect(start).rejects.not.toThrow(/\$2[aby]\$/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('may be YAML', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tams-users-'));
    const file = join(directory, 'users.yaml');
    const hash = passwordHash('secret');
    writeFileSync(
      file,
      `users:\n  - name: ingest\n    password_hash: ${hash}\n    scopes: [read, tams-api/write]\n    groups: [sport]\n`,
    );
    const own = await AuthServer.start({ AUTH_MODE: 'basic', AUTH_BASIC_USERS_FILE: file });
    try {
      expect((await login('ingest', 'secret', own)).status).toBe(200);
      const refused = await own.send('GET', '/flows');
      expect(refused.headers.get('www-authenticate')).toBe('Basic realm="tams", charset="UTF-8"');
    } finally {
      await own.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('many wrong passwords', () => {
  it('do not keep the server from answering others', async () => {
    expect((await login('read', 'secret')).status).toBe(200);
    const attack = Promise.all(Array.from({ length: 60 }, (_, index) => login(`u${index}`, `p${index}`)));
    const durations: number[] = [];
    for (let request = 0; request < 20; request += 1) {
      const begin = performance.now();
      expect((await login('read', 'secret')).status).toBe(200);
      durations.push(performance.now() - begin);
    }
    const statuses = (await attack).map((answer) => answer.status);
    // One comparison takes about 50 ms, on a busy machine several times as long; sixty of them would hold up the twenty for longer.
    expect(durations.sort((a, b) => a - b)[10]).toBeLessThan(1_500);
    // Not all of them are compared: what would wait too long is refused.
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(40);
  });

  it('from one address are no longer looked at, while those who are in stay in', async () => {
    const own = await AuthServer.start({ AUTH_BASIC_FAILURES_PER_MINUTE: '3' });
    try {
      expect((await login('read', 'secret', own)).status).toBe(200);
      for (let attempt = 0; attempt < 3; attempt += 1)
        expect((await login('read', `wrong ${attempt}`, own)).status).toBe(401);
      const limited = await login('read', 'another', own);
      expect([limited.status, limited.body['type']]).toEqual([429, 'urn:x-tams:problem:rate-limited']);
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await login('write', 'secret', own)).status).toBe(429);
      expect((await login('read', 'secret', own)).status).toBe(200);
      expect((await own.as('read', 'GET', '/flows')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});
