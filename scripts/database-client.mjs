// A client of `pg` for DATABASE_URL, which may name several hosts as libpq does: postgres://user:password@one:5432,two:5432/name
import pg from 'pg';

/** The URL once for each of its hosts, without what says which of several is meant. */
export function urlsOf(url) {
  const [, scheme = '', rest = url] = /^(postgres(?:ql)?:\/\/)(.*)$/s.exec(url) ?? [];
  const path = rest.search(/[/?]/);
  const end = path < 0 ? rest.length : path;
  // The last @ before the path ends the credentials.
  const start = rest.lastIndexOf('@', end) + 1;
  const hosts = rest.slice(start, end).split(',');
  if (scheme === '' || hosts.length === 1) return [url];
  return hosts.map((host) => {
    const single = new URL(`${scheme}${rest.slice(0, start)}${host}${rest.slice(end)}`);
    single.searchParams.delete('target_session_attrs');
    return single.href;
  });
}

/**
 * Connects to the host of a URL, or of several to the one that can be written to, as the server does. All are asked at once, so
 * that one that hangs keeps nobody waiting. Rejects with an AggregateError when none is.
 */
export async function connectTo(url, settings) {
  const urls = urlsOf(url);
  if (urls.length === 1) return connected(url, settings);
  const clients = urls.map((single) => connected(single, settings).then(requirePrimary));
  const primary = await Promise.any(clients);
  for (const client of clients) client.then((other) => other !== primary && other.end()).catch(() => undefined);
  return primary;
}

async function connected(connectionString, settings) {
  const client = new pg.Client({ connectionString, ...settings });
  // A connection that is lost makes the statement fail too, which says so.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function requirePrimary(client) {
  const { rows } = await client.query(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only`,
  );
  if (['t', true].includes(rows[0].read_only)) {
    await client.end();
    throw new Error(`${client.host}:${client.port} is a standby or read-only`);
  }
  return client;
}
