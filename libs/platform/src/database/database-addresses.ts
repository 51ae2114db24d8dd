/** Where one PostgreSQL listens. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 5432;

/**
 * The hosts of a `postgres://` URL in their order; libpq's form of several is `postgres://user:password@one:5432,two:5432/name`.
 * @returns none when it is no such URL
 */
export function addressesOf(url: string): readonly DatabaseAddress[] {
  const addresses = partsOf(url).hosts.split(',').map(addressOf);
  return addresses.every((address) => address !== undefined) ? addresses : [];
}

/** The URL with one of its hosts alone, without what says which of several is meant. */
export function urlAt(url: string, { host, port }: DatabaseAddress): string {
  const { scheme, credentials, rest } = partsOf(url);
  const single = new URL(`${scheme}${credentials}${host}:${port}${rest}`);
  single.searchParams.delete('target_session_attrs');
  return single.href;
}

/** What of several hosts is meant, as libpq says it; absent when the URL does not say. */
export function targetOf(url: string): string | undefined {
  return /[?&]target_session_attrs=([^&]*)/.exec(url)?.[1];
}

/** Scheme, credentials, hosts with their ports, and the rest of a URL; the last `@` before a path ends the credentials. */
function partsOf(url: string): { scheme: string; credentials: string; hosts: string; rest: string } {
  const scheme = /^postgres(?:ql)?:\/\//.exec(url)?.[0];
  if (scheme === undefined) return { scheme: '', credentials: '', hosts: '', rest: '' };
  const path = url.slice(scheme.length).search(/[/?]/);
  const end = path < 0 ? url.length : scheme.length + path;
  const hosts = Math.max(scheme.length, url.lastIndexOf('@', end) + 1);
  return { scheme, credentials: url.slice(scheme.length, hosts), hosts: url.slice(hosts, end), rest: url.slice(end) };
}

function addressOf(text: string): DatabaseAddress | undefined {
  const address = `postgres://${text}`;
  if (text === '' || !URL.canParse(address)) return undefined;
  const { hostname, port, username } = new URL(address);
  return hostname === '' || username !== '' ? undefined : { host: hostname, port: Number(port || DEFAULT_PORT) };
}
