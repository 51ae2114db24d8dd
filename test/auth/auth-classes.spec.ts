import { randomUUID } from 'node:crypto';
import { bodyOf, type ClassRule, classRules, queryOf } from './support/class-table';
import { classCallers, ClassServer, type ClassWorld } from './support/class-world';

/** Every operation of the server x every right on a class, compared with the table of AppNote 0016. */

let server: ClassServer;
beforeAll(async () => {
  server = await ClassServer.start();
});
afterAll(() => server.stop());

function addressOf(rule: ClassRule, world: ClassWorld): string {
  const ids: Readonly<Record<string, string>> = {
    ...world,
    name: 'genre',
    mediaObjectId: world.objectId,
    entry: '1000000000.ts',
  };
  return rule.path.replace(/\{([^}]+)\}/g, (_, name: string) => ids[name] ?? randomUUID()) + queryOf(rule, world);
}

const anonymous = (template: string): string => template.replace(/:[^/]+|\{[^/}]+\}/g, '{}');

it('knows every route of the server, so that none is forgotten', () => {
  const known = new Set(classRules.map(({ method, path }) => `${method} ${anonymous(path)}`));
  const forgotten = server.auth.tams.server.routes
    .map(({ method, path }) => `${method === 'HEAD' ? 'GET' : method} ${anonymous(path)}`)
    // Pages and pictures of the server itself hold nothing of the store.
    .filter((route) => !known.has(route) && !/^OPTIONS|^GET \/(docs|console$|favicon\.ico$)/.test(route));
  expect(forgotten.map((route) => `${route} has no row in support/class-table.ts`)).toEqual([]);
});

it('is asked of every operation of the specification', () => {
  expect(
    classRules.filter(({ path }) => !/^\/(livez|readyz|health|metrics|openapi)/.test(path)).length,
  ).toBeGreaterThan(60);
});

const reading = classRules.filter(({ method }) => method === 'GET');
const changing = classRules.filter(({ method }) => method !== 'GET');

describe('reading', () => {
  let world: ClassWorld;
  beforeAll(async () => {
    world = await server.world();
  });

  it.each(classCallers)('with the right to %s answers as the table says, HEAD as GET', async (caller) => {
    const wrong: string[] = [];
    for (const rule of reading) {
      const address = addressOf(rule, world);
      const answer = await server.as(caller, 'GET', address);
      const expected = rule.statuses[caller];
      if (answer.status !== expected) wrong.push(`GET ${rule.path}: ${answer.status}, not ${expected}: ${answer.text}`);
      if (rule.path === '/openapi.json' || rule.path === '/metrics') continue;
      const head = await server.as(caller, 'HEAD', address);
      if (head.status !== expected) wrong.push(`HEAD ${rule.path}: ${head.status}, not ${expected}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** What the next caller would not find as it was. */
function consumes({ method, path }: ClassRule): boolean {
  return method === 'DELETE' || /\/(segments|instances)$/.test(path) || path.includes('/profiles/');
}

describe('changing', () => {
  let world: ClassWorld | undefined;
  it.each(changing.map((rule) => [`${rule.method} ${rule.path}`, rule] as const))(
    '%s answers every caller as the table says',
    async (_name, rule) => {
      const wrong: string[] = [];
      for (const caller of classCallers) {
        world ??= await server.world();
        const answer = await server.as(caller, rule.method, addressOf(rule, world), bodyOf(rule, world));
        const expected = rule.statuses[caller];
        if (answer.status !== expected) wrong.push(`${caller}: ${answer.status}, not ${expected}: ${answer.text}`);
        if (answer.status < 300 && consumes(rule)) world = undefined;
      }
      expect(wrong).toEqual([]);
    },
  );
});

it('says what is missing to whom may do something else', async () => {
  const world = await server.world();
  const answer = await server.as('read', 'PUT', `/flows/${world.flowId}/label`, 'x');
  expect(answer.body).toMatchObject({
    status: 403,
    type: 'urn:x-tams:problem:class-right-missing',
    detail: 'You lack the right to write by auth_classes, which this needs.',
  });
});
