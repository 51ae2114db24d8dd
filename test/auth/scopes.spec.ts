import { randomUUID } from 'node:crypto';
import { rules } from './support/appnote-table';
import { AuthServer, callers, methods } from './support/auth-server';

let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start();
});
afterAll(() => server.stop());

/** A template with names of parameters left out, as both tables can be compared. */
function anonymous(template: string): string {
  return template.replace(/:[^/]+|\{[^/}]+\}/g, '{}');
}

/** An address of the template, of something that is not there. */
function addressOf(template: string): string {
  const address = template.replace(/:[^/]+|\{[^/}]+\}/g, () => randomUUID());
  // A stream would stay open.
  return ['/service/events', '/insight/stream'].includes(template) ? `${address}?seconds=0` : address;
}

/** What needs no scope, or decides by itself; `surface.spec.ts` tests it, and `console/inspection.spec.ts` who is calling. */
const withoutScope =
  /^\/(livez|readyz|health|metrics|docs|openapi\.json|favicon\.ico|media|playback|console\/api\/me)(\/|$)|^\/console$/;

describe('the table of operations', () => {
  it('is walked whole: no operation of the server is left out of the tests below', () => {
    const walked = new Set(rules.map(({ method, path }) => `${method} ${anonymous(path)}`));
    const live = server.tams.server.routes
      .filter(({ method, path }) => method !== 'OPTIONS' && !withoutScope.test(path))
      .map(({ method, path }) => `${method} ${anonymous(path)}`);
    const forgotten = live.filter((operation) => !walked.has(operation));
    expect(forgotten.map((operation) => `${operation} has no row in support/appnote-table.ts`)).toEqual([]);
    expect(live.length).toBeGreaterThan(80);
  });

  it('stands beside every route of the server, so that none is left to administrators by oversight', () => {
    expect(server.tams.server.routes.filter(({ access }) => access === undefined)).toEqual([]);
  });

  it('is the table of AppNote 0016', () => {
    const byOperation = new Map(
      server.tams.server.routes.map(({ method, path, access }) => [`${method} ${anonymous(path)}`, access]),
    );
    for (const { method, path, allowed } of rules) {
      const access = byOperation.get(`${method} ${anonymous(path)}`);
      const expected = [...allowed].filter((caller) => caller !== 'admin').sort();
      if (path.startsWith('/media/')) expect(access).toBe('self-checked');
      else expect([method, path, Array.isArray(access) ? access.toSorted() : access]).toEqual([method, path, expected]);
    }
  });
});

describe.each(methods)('with %s credentials', (authentication) => {
  it.each(callers.filter((caller) => authentication !== 'url_token' || caller !== 'nothing'))(
    '%s may use exactly the operations of its scope',
    async (caller) => {
      const { headers, query } = await server.credentials(authentication, caller);
      const live = new Set(server.tams.server.routes.map((route) => `${route.method} ${anonymous(route.path)}`));
      const wrong: string[] = [];
      let checked = 0;
      for (const { method, path, allowed } of rules) {
        if (!live.has(`${method} ${anonymous(path)}`)) continue;
        const address = addressOf(path);
        const answer = await server.send(
          method,
          query ? `${address}${address.includes('?') ? '&' : '?'}${query}` : address,
          { headers },
        );
        const refused = answer.status === 403 || answer.status === 401;
        // Media of a storage backend that is not there is not asked who may see it.
        if (path.startsWith('/media/')) continue;
        checked += 1;
        if (refused === allowed.has(caller)) wrong.push(`${method} ${path}: ${answer.status} ${answer.text}`);
        if (refused && method !== 'HEAD' && answer.body['type'] !== 'urn:x-tams:problem:scope-missing')
          wrong.push(`${method} ${path}: ${answer.text}`);
      }
      expect(wrong).toEqual([]);
      expect(checked).toBe(rules.filter(({ path }) => !path.startsWith('/media/')).length);
    },
  );
});

describe('without credentials', () => {
  it('every operation is a 401 with a challenge for each way there is', async () => {
    for (const { method, path } of rules) {
      if (path.startsWith('/media/')) continue;
      const answer = await server.send(method, addressOf(path));
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tams", Basic realm="tams", charset="UTF-8"');
    }
  });
});

describe('a refusal', () => {
  it('says which scope is missing and which there are', async () => {
    const answer = await server.as('read', 'PUT', `/flows/${randomUUID()}/label`, 'x');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:x-tams:problem:scope-missing',
      status: 403,
      detail: 'This needs the scope tams-api/write; the credentials have tams-api/read.',
    });
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="tams-api/write"');
  });

  it('names all scopes of which one would do', async () => {
    const answer = await server.as('nothing', 'GET', '/service');
    expect(answer.body['detail']).toBe(
      'This needs the scope tams-api/read or tams-api/write or tams-api/delete; the credentials have none.',
    );
    expect((await server.as('nothing', 'POST', '/service', {})).body['detail']).toContain(
      'needs the scope tams-api/admin',
    );
  });
});
