import { type Right, rights } from '@tams/platform';

const PREFIX = 'tams-api/';

/** The OAuth 2.0 scope of a right (AppNote 0016), for example `tams-api/read`. */
export function scopeOf(right: Right): string {
  return PREFIX + right;
}

/**
 * What names given by an issuer or a file stand for; names nobody knows count for nothing.
 * @param map further names, from `AUTH_SCOPES_MAP`
 */
export function rightsOf(names: Iterable<string>, map: ReadonlyMap<string, readonly Right[]> = new Map()): Set<Right> {
  const granted = new Set<Right>();
  for (const name of names) {
    const right = rights.find((candidate) => name === scopeOf(candidate));
    for (const each of right ? [right] : (map.get(name) ?? [])) granted.add(each);
  }
  return granted;
}
