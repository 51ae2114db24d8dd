// How programs here reach a running server: --url, --token, --user.
import { refuse } from './options.mjs';

export const serverUsage = `  --url URL          the server (default http://127.0.0.1:8000, or PUBLIC_BASE_URL)
  --token TOKEN      a bearer token (or TAMS_TOKEN in the environment)
  --user NAME:PASS   a user name and password instead (or TAMS_USER in the environment)`;

export const serverOptions = { url: { type: 'string' }, token: { type: 'string' }, user: { type: 'string' } };

/** The server that options name: its address, and how to ask it something. */
export function serverOf(values, usage) {
  const url = (values.url ?? (process.env.PUBLIC_BASE_URL || 'http://127.0.0.1:8000')).replace(/\/+$/, '');
  if (!URL.canParse(url)) refuse(`--url ${url} is no URL`, usage);
  const token = values.token ?? process.env.TAMS_TOKEN;
  const user = values.user ?? process.env.TAMS_USER;
  const credentials = user ? `Basic ${Buffer.from(user).toString('base64')}` : token && `Bearer ${token}`;
  const get = (path, accept, patienceMs = 10_000) =>
    fetch(`${url}${path}`, {
      headers: { accept, ...(credentials && { authorization: credentials }) },
      signal: AbortSignal.timeout(patienceMs),
    });
  return { url, get };
}
