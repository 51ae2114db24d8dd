import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { LogLines } from './log-lines';
import { startErrorApp } from './error-app';
import { samples, valueOf } from './scrape';

const REQUESTS = 10_000;
const CONNECTIONS = 20;

/** One request by number: a known route, two paths no route takes, and a method nobody has. */
const kinds = [
  { method: 'GET', path: () => `/things/${randomUUID()}` },
  { method: 'GET', path: () => `/${randomUUID()}/${randomUUID()}` },
  { method: 'PUT', path: () => `/${randomUUID()}` },
  { method: 'PROPFIND', path: () => `/things/${randomUUID()}` },
] as const;

// The time is for a machine that is busy with much else: by itself it takes a few seconds.
it('10,000 random paths, ids and methods add no series beyond those of their routes', async () => {
  const { app, url } = await startErrorApp({ level: 'silent', format: 'json', destination: new LogLines() });
  const pool = new Pool(url, { connections: CONNECTIONS });
  let sent = 0;
  const send = async (): Promise<void> => {
    const { method, path } = kinds[sent % kinds.length]!;
    sent += 1;
    const { body } = await pool.request({ method, path: path() });
    await body.dump();
  };
  const sendUpTo = async (count: number): Promise<void> => {
    while (sent < count) await send();
  };
  // Node's own metrics gain series by themselves, such as another kind of garbage collection.
  const seriesOfOurs = async () => (await samples()).filter(({ name }) => name.startsWith('tams_')).length;
  try {
    await sendUpTo(kinds.length);
    const before = await seriesOfOurs();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => sendUpTo(REQUESTS)));
    expect(await seriesOfOurs()).toBe(before);
    expect(await valueOf('tams_http_requests_total')).toBe(REQUESTS);
    expect(await valueOf('tams_http_requests_total', { method: 'other' })).toBe(REQUESTS / kinds.length);
  } finally {
    await pool.destroy();
    await app.close();
  }
}, 300_000);
