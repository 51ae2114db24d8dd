import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './child';
import {
  above,
  cutDatabase,
  enqueue,
  type Fault,
  lasts,
  lockFlows,
  makeFlow,
  nothing,
  register,
} from './runbook-fault';

/** Path of an object below the directory of its storage backend. */
const STORED_OBJECT = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/;

/** Faults of storage backends, and of those who write to them. */
export const storage: Readonly<Record<string, Fault>> = {
  'disk-almost-full': {
    onSmallDisk: true,
    make: ({ directory }) => {
      const filler = join(directory, 'disk', 'filler');
      const { bavail, bsize } = statfsSync(join(directory, 'disk'));
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 200_000));
      return Promise.resolve(() => rm(filler));
    },
    says: [/disk is degraded since/, /\s(?:9\d|100)% /],
  },
  'storage-failing': {
    make: async (world) => {
      const objects = join(world.dataDirectory, 'objects');
      await rename(objects, `${objects}-away`);
      await writeFile(objects, 'no directory');
      return async () => {
        await rm(objects);
        await rename(`${objects}-away`, objects);
        await world.ready();
      };
    },
    says: [/storage:[\w-]+ (?:does not work|is degraded) since [^\n]*(?:ENOTDIR|EEXIST|not a directory|writ)/i],
  },
  'objects-missing-in-storage': {
    make: async (world) => {
      await register(world, await makeFlow(world), 0);
      const objects = join(world.dataDirectory, 'objects');
      const files = readdirSync(objects, { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((path) => STORED_OBJECT.test(path))) rmSync(join(objects, file));
      return nothing;
    },
    says: [/"kind":"dangling"/],
  },
  'objects-expiring-unregistered': {
    make: async (world) => {
      const flow = await makeFlow(world);
      await world.send('POST', `/flows/${flow}/storage`, { limit: 5 });
      await world.postgres.query(
        `UPDATE objects SET allocated = allocated - interval '2 days' WHERE registered IS NULL`,
      );
      return nothing;
    },
    says: [above(0, '"stage":"expired"')],
  },
  'ingest-stalled': {
    make: async (world) => {
      const flow = await makeFlow(world, { status: 'ingesting', label: 'the stalled one' });
      return () => world.send('DELETE', `/flows/${flow}`);
    },
    says: [/the stalled one/],
  },
  'live-edge-lagging': {
    make: async (world) => {
      const flow = await makeFlow(world, { status: 'ingesting', label: 'the late one' });
      await register(world, flow, Math.round(Date.now() / 1000) - 900);
      return () => world.send('DELETE', `/flows/${flow}`);
    },
    says: [/the late one +\| [89]\d\d/],
  },
  'webhook-deliveries-failing': {
    make: async (world) => {
      const url = `http://127.0.0.1:${await freePort()}/nobody`;
      const { body } = await world.send<{ id: string }>('POST', '/service/webhooks', {
        url,
        events: ['flows/created'],
      });
      await makeFlow(world);
      return () => world.send('DELETE', `/service/webhooks/${body.id}`);
    },
    says: [/\/nobody +\| 1 .*ECONNREFUSED|\/nobody +\| 1 .*refused/, above(0, '"outcome":"connection"')],
  },
};

/** Faults of jobs. */
export const jobs: Readonly<Record<string, Fault>> = {
  'job-queue-growing': {
    make: async (world) => {
      await enqueue(world, 'flow-deletion', 150, '1 hour');
      return () => world.postgres.query(`DELETE FROM jobs.job WHERE name = 'flow-deletion'`);
    },
    says: [/flow-deletion +\| created +\| 150/],
  },
  'jobs-delayed': {
    make: async (world) => {
      await world.startServer({ JOB_WORKERS: 'false' });
      await enqueue(world, 'flow-deletion', 1, '-1 hour');
      return async () => {
        await world.postgres.query(`DELETE FROM jobs.job WHERE name = 'flow-deletion'`);
        await world.startServer();
      };
    },
    says: [/Jobs wait and nobody works on them: flow-deletion/, /flow-deletion +\| created/],
  },
  'jobs-failing': {
    make: async (world) => {
      // Data no version of the server understands: it can never succeed.
      await enqueue(world, 'flow-deletion', 1, '-1 hour');
      return () => world.postgres.query(`DELETE FROM jobs.job WHERE name = 'flow-deletion'`);
    },
    says: [/flow-deletion +\| (?:retry|failed)/, /The job flow-deletion failed/],
  },
};

/** What is slow. */
export const slow: Readonly<Record<string, Fault>> = {
  'slow-responses': {
    make: async (world) => {
      const release = await lockFlows(world, 8);
      // Longer than the objective; shorter than a statement may take.
      await lasts(3_000);
      await release();
      return nothing;
    },
    says: [above(0.25, '"endpoint":"/flows"')],
  },
};

/** Faults of PostgreSQL. */
export const metadataStore: Readonly<Record<string, Fault>> = {
  // First: the reason is told once, until every source was read again.
  'gauges-stale': {
    make: cutDatabase,
    says: [/Gauges cannot be refreshed[^\n]*/],
  },
  'metadata-store-failing': {
    make: cutDatabase,
    says: [
      /database does not work since [^\n]*(?:ECONN|terminated|closed)/,
      /"cause":"[^"]*(?:ECONN|terminated|closed)/,
    ],
  },
  'postgres-down': {
    make: async (world) => {
      await world.postgres.kill();
      return async () => {
        await world.postgres.restart();
        await world.ready();
      };
    },
    says: [/database does not work since [^\n]*(?:ECONN|terminated|closed)/, /"status":"unavailable"/],
  },
  'postgres-connections-near-limit': {
    make: async (world) => {
      const clients = Array.from(
        { length: 12 },
        () => new Client({ connectionString: world.postgres.url, application_name: 'left open' }),
      );
      for (const client of clients) await client.connect();
      return () => Promise.all(clients.map((client) => client.end()));
    },
    says: [/left open +\| idle +\| 12/],
  },
  'metadata-store-slow': { make: (world) => lockFlows(world, 2), says: [/\| Lock +\| relation +\| \{\d+\}/] },
  'requests-hanging': {
    make: (world) => lockFlows(world, 2),
    says: [/\| Lock +\| relation +\| \{\d+\}/, above(1, '"endpoint":"/flows"')],
  },
  'metadata-store-connections-exhausted': {
    make: (world) => lockFlows(world, 30),
    says: [above(0, '"state":"waiting"')],
  },
};
