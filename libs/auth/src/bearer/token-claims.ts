import type { SecurityConfiguration } from '@tams/platform';
import type { JWTPayload } from 'jose';
import { type Principal, principalOf } from '../principal';
import { rightsOf } from '../scopes';

type ClaimsConfiguration = SecurityConfiguration['oidc'];

/** Most groups of one token that count. */
const MAXIMUM_GROUPS = 1_000;

/**
 * A claim by its name, or by a path such as `realm_access.roles`. Own properties only: a claim called `constructor` is
 * none.
 */
export function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** The names in a claim: a list of texts, or one text with spaces between. */
export function namesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((name) => name !== '');
  return Array.isArray(claim) ? claim.filter((name) => typeof name === 'string') : [];
}

/** Who a verified token stands for; `undefined` when it does not say. */
export function principalOfToken(payload: JWTPayload, configuration: ClaimsConfiguration): Principal | undefined {
  const subject = [payload.sub, payload['client_id'], payload['azp']].find(isText);
  if (subject === undefined) return undefined;
  const scopes = configuration.scopesClaims.flatMap((name) => namesIn(claimOf(payload, name)));
  const groups = claimOf(payload, configuration.groupsClaim);
  return principalOf({
    id: `bearer:${payload.iss ?? ''}#${subject}`,
    name: configuration.nameClaims.map((name) => claimOf(payload, name)).find(isText) ?? subject,
    scopes: rightsOf(scopes, configuration.scopesMap),
    // One group may have spaces in its name, so a text is one group and is not taken apart.
    groups: (typeof groups === 'string' ? [groups] : namesIn(groups)).slice(0, MAXIMUM_GROUPS),
    method: 'bearer',
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
