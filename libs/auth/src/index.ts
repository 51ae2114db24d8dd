export { AccessControl } from './access/access-control';
export { Authentication } from './authentication';
export { MissingScopeError, RateLimitedError, UnauthenticatedError } from './auth.errors';
export { AuthModule } from './auth.module';
export * from './classes';
export { secureServer } from './http/secure-server';
export { acceptedAttribution, attributedTo, currentPrincipal, type Principal, withPrincipal } from './principal';
export { scopeOf } from './scopes';
export { accessTokenVocabulary } from './access-tokens/access-token.vocabulary';
