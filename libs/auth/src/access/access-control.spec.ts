import type { Access, OpenPath, Right } from '@tams/platform';
import type { FastifyRequest } from 'fastify';
import { MissingScopeError } from '../auth.errors';
import { AccessControl } from './access-control';
import type { Authenticator } from './authenticator';

function checked(
  access: Access | undefined,
  scopes: readonly Right[],
  openPaths: readonly OpenPath[] = [],
): Promise<void> {
  const principal = { scopes: new Set(scopes), isAdmin: scopes.includes('admin'), method: 'bearer' };
  const authenticator = { principalOf: () => Promise.resolve(principal), challenges: () => 'Bearer' };
  const control = new AccessControl(authenticator as unknown as Authenticator, openPaths, () => undefined as never);
  const routeOptions = { url: '/things', config: { ...(access !== undefined && { access }) } };
  return control.check({ method: 'GET', is404: false, routeOptions } as unknown as FastifyRequest);
}

describe('access of a route', () => {
  it('is for administrators alone when the route does not say it', async () => {
    await expect(checked(undefined, ['read', 'write', 'delete'])).rejects.toThrow(MissingScopeError);
    await expect(checked(undefined, ['admin'])).resolves.toBeUndefined();
  });

  it('is given by any one of the rights named', async () => {
    await expect(checked(['write', 'delete'], ['delete'])).resolves.toBeUndefined();
    await expect(checked(['write', 'delete'], ['read'])).rejects.toThrow(MissingScopeError);
  });

  it('follows AUTH_OPEN_PATHS where the route says so', async () => {
    await expect(checked('metrics', ['write'])).rejects.toThrow(MissingScopeError);
    await expect(checked('metrics', ['write'], ['metrics'])).resolves.toBeUndefined();
    await expect(checked('docs', ['write'], ['metrics'])).resolves.toBeUndefined();
  });
});
