import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { TestWorld } from '../support/test-world';
import { videoFlow } from '../support/flow-fixtures';

/** Timers go on; only what `Date` says is wrong. */
const others = [
  ...['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval'],
  ...['clearInterval', 'setTimeout', 'clearTimeout'],
] as never[];

it('deletes nothing by the clock of a process that is ten days ahead', async () => {
  const tams = await TestWorld.start({ RETENTION_INTERVAL_SECONDS: '1' });
  const database = new Client({ connectionString: tams.databaseUrl });
  await database.connect();
  const runs = async (): Promise<number> => {
    const { rows } = await database.query<{ count: string }>(
      `SELECT count(*) FROM jobs.job WHERE name = 'retention' AND state = 'completed'`,
    );
    return Number(rows[0]!.count);
  };
  const further = async (): Promise<unknown> => {
    const done = await runs();
    return eventually(runs, (count) => count >= done + 3);
  };
  const flow = videoFlow({ tags: { segment_retention_offset: `${7 * 86_400}:0` } });
  const segments = async (): Promise<number> =>
    (await tams.client.get<unknown[]>(`/flows/${flow.id}/segments`)).body.length;
  try {
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    const second = Math.floor(Date.now() / 1000) + 37;
    await tams.fill(flow.id, [`[${second - 10}:0_${second}:0)`]);
    jest.useFakeTimers({ doNotFake: others, now: Date.now() + 10 * 86_400_000 });
    await further();
    jest.useRealTimers();
    await further();
    expect(await segments()).toBe(1);
  } finally {
    jest.useRealTimers();
    await database.end();
    await tams.stop();
  }
});
