import { setTimeout as delay } from 'node:timers/promises';
import { Answers } from '../faults/support/ingester';
import { Chance } from '../faults/support/chance';
import { isPgBouncerThere, keepsPreparedStatements } from '../support/pgbouncer';
import { Cluster } from './support/cluster';
import { describeWithHaproxy } from './support/haproxy';
import { CLUSTER_SEED } from './support/run';
import { Witnesses } from './support/witnesses';

/** How long the servers work through the pooler without a fault, in milliseconds. */
const WORK_MS = 20_000;

function describeWithPooler(name: string, tests: () => void): void {
  if (isPgBouncerThere && keepsPreparedStatements()) describeWithHaproxy(name, tests);
  else describe.skip(`${name} (skipped: there is no PgBouncer 1.21 or newer; set PGBOUNCER_PATH)`, tests);
}

describeWithPooler('three servers behind HAProxy, before a PgBouncer that shares sessions by transaction', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({}, { hasPooler: true });
  });
  afterAll(() => (cluster as Cluster | undefined)?.stop());

  async function underLoad(answers: Answers, work: (witnesses: Witnesses) => Promise<string>): Promise<string> {
    const witnesses = await Witnesses.begin(cluster, answers, new Chance(CLUSTER_SEED));
    try {
      const seen = await work(witnesses);
      return `${seen}; ${await witnesses.expectAllKept()}`;
    } finally {
      await witnesses.close();
    }
  }

  it('do all they do without it', async () => {
    const seen = await underLoad(new Answers([503]), async (witnesses) => {
      await delay(WORK_MS);
      await witnesses.servedMs();
      return `${WORK_MS / 1000} s`;
    });
    console.log(`PgBouncer: ${seen}; ${await sessions()} sessions of PostgreSQL for them through it`);
  });

  it('go on once it was lost and is back: what they prepared is prepared again', async () => {
    const seen = await underLoad(new Answers([503]), async (witnesses) => {
      await cluster.pooler.kill();
      await cluster.pooler.restart();
      return `every client served ${await witnesses.servedMs()} ms after it was back`;
    });
    console.log(`PgBouncer killed: ${seen}`);
  });

  /** How many sessions PostgreSQL has from the pooler: the direct ones are those of jobs. */
  async function sessions(): Promise<number> {
    const [row] = await cluster.postgres.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'tams-api'`,
    );
    return Number(row?.['count']);
  }
});
