import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SupervisedPostgres } from '@tams/embedded-postgres';
import { GaugeRefresher } from '@tams/telemetry';
import { Client } from 'pg';
import { watchEmbeddedPostgres } from '../../apps/tams-api/src/embedded-postgres-gauges';
import { samples, valueOf } from './scrape';

const PROCESSOR = 'tams_embedded_postgres_cpu_seconds_total';
const MEMORY = 'tams_embedded_postgres_memory_bytes';
const told = existsSync(`/proc/self/task/${process.pid}/children`) ? it : it.skip;

let dataDirectory: string;
let postgres: SupervisedPostgres;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'tams-figures-'));
  postgres = await SupervisedPostgres.start({ dataDirectory, durable: false, log: () => undefined });
}, 120_000);
afterAll(async () => {
  await postgres.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** A session that computes for a while, in seconds, and ends. */
async function compute(seconds: number): Promise<void> {
  const client = new Client(postgres.connectionUrl);
  await client.connect();
  await client.query(
    `DO $$ DECLARE ending timestamptz := clock_timestamp() + interval '${seconds} s';
     BEGIN WHILE clock_timestamp() < ending LOOP PERFORM sqrt(2); END LOOP; END $$`,
  );
  await client.end();
}

it('a server that stands on somebody else’s PostgreSQL shows nothing', async () => {
  const refresher = new GaugeRefresher();
  await watchEmbeddedPostgres({ url: 'postgres://elsewhere', stop: () => Promise.resolve() }, refresher);
  await watchEmbeddedPostgres(
    { url: '', figures: () => Promise.resolve(undefined), stop: () => Promise.resolve() },
    refresher,
  );
  await refresher.refresh();
  expect((await samples()).filter(({ name }) => [PROCESSOR, MEMORY].includes(name))).toEqual([]);
});

told(
  'shows processor time, also of sessions that have ended, and memory, what is shared once',
  async () => {
    const refresher = new GaugeRefresher();
    await watchEmbeddedPostgres(
      { url: '', figures: () => postgres.figures(), stop: () => Promise.resolve() },
      refresher,
    );
    const before = await valueOf(PROCESSOR);
    await compute(1);
    let after = before;
    // The postmaster learns of the end of a session by itself, a moment later. A busy machine gives a second less.
    while (after < before + 0.2) {
      expect(after).toBeGreaterThanOrEqual(before);
      await refresher.refresh();
      after = await valueOf(PROCESSOR);
    }
    const memory = await valueOf(MEMORY);
    expect(memory).toBeGreaterThan(5_000_000);
    expect(memory).toBeLessThan(500_000_000);
  },
  60_000,
);

told('goes on counting where PostgreSQL is started again, and never falls', async () => {
  const figures = [
    { pid: 1, processorSeconds: 5, memoryBytes: 1 },
    { pid: 1, processorSeconds: 4.9, memoryBytes: 1 },
    { pid: 2, processorSeconds: 1, memoryBytes: 1 },
    { pid: 2, processorSeconds: 2, memoryBytes: 1 },
  ];
  const seen: number[] = [];
  const refresher = new GaugeRefresher();
  const next = () => Promise.resolve(figures[0]);
  await watchEmbeddedPostgres({ url: '', figures: next, stop: () => Promise.resolve() }, refresher);
  for (; figures.length > 0; figures.shift()) {
    await refresher.refresh();
    seen.push(await valueOf(PROCESSOR));
  }
  expect(seen).toEqual([5, 5, 6, 7]);
});
