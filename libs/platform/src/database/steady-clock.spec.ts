import type { Database } from './database';
import { SteadyClock } from './steady-clock';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** Clocks that are set by hand, in milliseconds. */
function clocks() {
  const at = { database: 1_800_000_000_000, wall: 1_800_000_000_000, monotonic: 0 };
  const pass = (milliseconds: number): void => {
    for (const name of ['database', 'wall', 'monotonic'] as const) at[name] += milliseconds;
  };
  const database = { query: () => Promise.resolve([{ now: at.database }]) } as unknown as Database;
  const clock = new SteadyClock(database, { wall: () => at.wall, monotonic: () => at.monotonic });
  return { at, pass, clock };
}

it('is the database’s while clocks agree and run evenly', async () => {
  const { at, pass, clock } = clocks();
  at.wall += 5 * SECOND;
  for (let minute = 0; minute < 100; minute += 1) {
    pass(60 * SECOND);
    expect(await clock.moment()).toEqual(new Date(at.database));
  }
});

it.each(['wall', 'database'] as const)(
  'says nothing while the %s clock alone is a month ahead, and some time after',
  async (which) => {
    const { at, pass, clock } = clocks();
    await clock.moment();
    at[which] += 30 * DAY;
    pass(5 * SECOND);
    expect(await clock.moment()).toBeUndefined();
    at[which] -= 30 * DAY;
    pass(60 * SECOND);
    expect(await clock.moment()).toBeUndefined();
    pass(601 * SECOND);
    expect(await clock.moment()).toEqual(new Date(at.database));
  },
);

it('says nothing when both clocks jump together, until they have been steady: the machine may have slept', async () => {
  const { at, pass, clock } = clocks();
  await clock.moment();
  for (const name of ['wall', 'database'] as const) at[name] += DAY;
  expect(await clock.moment()).toBeUndefined();
  pass(300 * SECOND);
  expect(await clock.moment()).toBeUndefined();
  pass(301 * SECOND);
  expect(await clock.moment()).toEqual(new Date(at.database));
});
