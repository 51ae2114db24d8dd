import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuthenticationMode, Right } from '@tams/platform';

/** Who is calling, and what they may do. */
export interface Principal {
  /** Stable and unique, for comparing: `bearer:<issuer>#<subject>`, `basic:<name>`, `url_token:<id>`, `none`. */
  readonly id: string;
  /** For people: what `created_by` and the audit log say. */
  readonly name: string;
  /** The rights of AppNote 0016, without their prefix. */
  readonly scopes: ReadonlySet<Right>;
  /** Groups a policy on `auth_classes` may look at. */
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  /** How they said who they are. */
  readonly method: AuthenticationMode;
}

/** Longest name a principal is known by. */
const MAXIMUM_NAME_LENGTH = 200;

/** Makes a principal; its name is made fit for headers and logs. */
export function principalOf(principal: Omit<Principal, 'isAdmin' | 'scopes'> & { scopes: Iterable<Right> }): Principal {
  const scopes = new Set(principal.scopes);
  // What PostgreSQL cannot write is the name of no class.
  const groups = principal.groups.filter((group) => !group.includes('\0') && group.isWellFormed());
  return Object.freeze({ ...principal, name: legible(principal.name), scopes, groups, isAdmin: scopes.has('admin') });
}

/** Without control characters (line ends, escape sequences, direction marks) and of bounded length. */
export function legible(text: string, maximumLength = MAXIMUM_NAME_LENGTH): string {
  return text
    .slice(0, maximumLength)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD')
    .toWellFormed();
}

/** Whoever calls a server that asks nobody who they are (`AUTH_MODE` with `none`). */
export const anybody: Principal = principalOf({
  id: 'none',
  name: 'anonymous',
  scopes: ['admin', 'read', 'write', 'delete'],
  groups: [],
  method: 'none',
});

const storage = new AsyncLocalStorage<Principal>();

/** Runs `work` (and all it starts) on behalf of a principal. */
export function withPrincipal<Result>(principal: Principal, work: () => Result): Result {
  return storage.run(principal, work);
}

/** Who the work in progress is done for; `undefined` for the server's own work and for open paths. */
export function currentPrincipal(): Principal | undefined {
  return storage.getStore();
}

/**
 * Whom `created_by` and `updated_by` name: the principal, unless nobody was asked who they are or an administrator acts
 * for somebody else. Then it is what the client says.
 */
export function attributedTo(claimed: string | undefined): string | undefined {
  const principal = currentPrincipal();
  return acceptedAttribution(claimed) ?? (principal && principal.method !== 'none' ? principal.name : undefined);
}

/** What a client says of others, where it may: in `created_by` of something that was created before. */
export function acceptedAttribution(claimed: string | undefined): string | undefined {
  const principal = currentPrincipal();
  return !principal || principal.isAdmin ? claimed : undefined;
}
