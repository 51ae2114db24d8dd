export { AccessControl } from './access/access-control';
export { type Access, OperationAccess } from './access/operation-access';
export { Authentication } from './authentication';
export { MissingScopeError, RateLimitedError, UnauthenticatedError } from './auth.errors';
export { AuthModule } from './auth.module';
export * from './classes';
export { secureServer } from './http/secure-server';
export { acceptedCredit, creditedTo, currentPrincipal, type Principal, withPrincipal } from './principal';
export { scopeOf } from './scopes';
