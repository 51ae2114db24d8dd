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
  const clients = urls.map((connectionString) => new pg.Client({ connectionString, ...settings }));
  // A connection that is lost makes the statement fail too, which says so.
  for (const client of clients) client.on('error', () => undefined);
  const [only, ...others] = clients;
  if (others.length > 0) return primaryOf(clients);
  await only.connect();
  return only;
}

async function primaryOf(clients) {
  let primary;
  try {
    primary = await Promise.any(clients.map(requirePrimary));
    return primary;
  } finally {
    // Without a word: one that hangs would not hear it, and the command would wait for it.
    for (const client of clients) if (client !== primary) client.connection.stream.destroy();
  }
}

async function requirePrimary(client) {
  await client.connect();
  const { rows } = await client.query(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only`,
  );
  if (['t', true].includes(rows[0].read_only)) {
    throw new Error(`${client.host}:${client.port} is a standby or read-only`);
  }
  return client;
}
