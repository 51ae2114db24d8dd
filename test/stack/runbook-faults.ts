import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './child';
import { above, type Fault, lasts, nothing } from './runbook-fault';
import { jobs, metadataStore, slow, storage } from './runbook-store-faults';

/** Less than a scrape waits: the figure is that since the last scrape, and one that is given up takes it away. */
const BLOCKED_MS = 1_200;

/** Runbooks whose fault is not made here, and why; their steps are run all the same. */
export const notMade: Readonly<Record<string, string>> = {
  'clock-wrong': 'the clock of this machine belongs to everybody on it',
  'disk-full-soon': 'takes six hours of filling',
  'host-cpu-saturated': 'would starve every other test',
  'host-memory-low': 'would end other processes of this machine',
  'memory-high': 'takes 1.5 GiB; its snapshot of the heap: test/telemetry/heap-snapshot.spec.ts',
  'replication-lagging': 'needs a standby',
  'storage-slow': 'needs a store that takes seconds; the disk of this machine does not',
  'transaction-ids-running-out': 'takes a thousand million transactions',
  watchdog: 'there is no fault: it always fires',
};

const alerting: Readonly<Record<string, Fault>> = {
  'alert-delivery-failing': {
    make: async ({ variables }) => {
      const alert = { labels: { alertname: 'Test', severity: 'page', component: 'test' } };
      await fetch(`${variables['ALERTMANAGER_URL'] ?? ''}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([alert]),
      });
      return nothing;
    },
    says: [/notifications_failed_total\{[^}]*integration="webhook"[^}]*\} [1-9]/, /"alertname":"Test"/],
  },
  'api-missing': {
    make: async (world) => {
      await world.setTargets('tams-api', []);
      return () => world.setTargets('tams-api', [new URL(world.url).host]);
    },
    says: [above(0, '"job":"tams-api"')],
  },
  'monitoring-target-down': {
    make: async (world) => {
      await world.setTargets('node', [`127.0.0.1:${await freePort()}`]);
      return () => world.setTargets('node', []);
    },
    says: [/"__name__":"up"[^}]*"job":"node"/, /connection refused/],
  },
  'rule-evaluation-failing': {
    make: async (world) => {
      const expression = 'tams_vast_query_duration_seconds_count * on (job) tams_http_requests_total';
      await world.setExtraRules(
        `groups:\n  - name: own\n    rules:\n      - record: own:mistake\n        expr: ${expression}\n`,
      );
      return () => world.setExtraRules(undefined);
    },
    says: [/own:mistake/, /many-to-many|duplicate series|found duplicate/],
  },
  'backup-old': {
    make: async ({ variables }) => {
      const twoDaysAgo = Math.round(Date.now() / 1000) - 2 * 86_400;
      const path = join(variables['TEXTFILE_DIRECTORY'] ?? '', 'tams_backup.prom');
      await writeFile(path, `tams_backup_finished_timestamp_seconds ${twoDaysAgo}\n`);
      return () => rm(path);
    },
    says: [
      (output) => {
        const [, finished] = /^tams_backup_finished_timestamp_seconds (\d+)$/m.exec(output) ?? [];
        const [, now] = /^(\d{10})$/m.exec(output) ?? [];
        return Number(now) - Number(finished) > 1.5 * 86_400;
      },
    ],
  },
  'certificate-expiring': {
    make: async (world) => {
      const { TAMS_URL: before } = world.variables;
      await world.useCertificate(3);
      world.variables['TAMS_URL'] = world.tlsUrl;
      return async () => {
        world.variables['TAMS_URL'] = before ?? '';
        await world.useCertificate(365);
      };
    },
    says: [
      (output) => {
        const ends = [...output.matchAll(/^notAfter=(.+)$/gm)].map(([, date = '']) => Date.parse(date));
        return ends.length === 2 && ends.every((end) => end < Date.now() + 14 * 86_400_000);
      },
    ],
  },
};

const ofTheProcess: Readonly<Record<string, Fault>> = {
  'crash-loop': {
    make: async (world) => {
      await world.startServer({ DATABASE_POOL_SIZE: 'many' }).catch(() => undefined);
      return () => world.startServer();
    },
    says: [/DATABASE_POOL_SIZE/],
  },
  'instance-down': {
    make: async (world) => {
      await world.killServer();
      return () => world.startServer();
    },
    says: [/Failed to connect|Couldn't connect|Connection refused/, /connect: connection refused/],
  },
  'event-loop-blocked': {
    make: async (world) => {
      // As something in the process that does not let go, time and again.
      for (let time = 0; time < 4; time += 1) {
        process.kill(world.serverPid, 'SIGSTOP');
        await lasts(BLOCKED_MS);
        process.kill(world.serverPid, 'SIGCONT');
        await lasts(BLOCKED_MS);
      }
      return () => world.ready();
    },
    healthyToo: 'a busy machine blocks it as long',
    says: [above((0.8 * BLOCKED_MS) / 1_000, '"job":"tams-api"')],
  },
  'telemetry-export-failing': {
    make: async (world) => {
      await world.collector.stop();
      await world.send('GET', '/flows');
      return nothing;
    },
    says: [/telemetry is degraded[^\n]*ECONNREFUSED|telemetry[^\n]*ECONNREFUSED/, /The collector did not take spans/],
  },
  'many-refusals': {
    make: (world) => {
      // One after the other, as a client whose credentials have expired does.
      const ending = new AbortController();
      const asking = (async () => {
        while (!ending.signal.aborted) await (await fetch(`${world.url}/flows`)).arrayBuffer();
      })();
      return Promise.resolve(() => {
        ending.abort();
        return asking;
      });
    },
    says: [/"status":401[^\n]*"client":"127\.0\.0\.1"/, above(0, '"endpoint":"/flows"')],
  },
  'high-error-rate': {
    make: async (world) => {
      await world.postgres.query('ALTER TABLE profiles RENAME TO profiles_away');
      for (let time = 0; time < 20; time += 1) await world.send('GET', '/service/profiles');
      return () => world.postgres.query('ALTER TABLE profiles_away RENAME TO profiles');
    },
    says: [
      above(0, '"endpoint":"/service/profiles"', '"type":"internal-error"'),
      /"cause":"relation .*profiles.* does not exist"/,
    ],
  },
};

/** By runbook. What others leave in the figures of the last minutes must not be there yet. */
export const faults: Readonly<Record<string, Fault>> = {
  ...slow,
  ...alerting,
  ...storage,
  ...jobs,
  ...metadataStore,
  ...ofTheProcess,
};
