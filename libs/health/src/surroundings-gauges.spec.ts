import type { Configuration, Database } from '@tams/platform';
import { type GaugeRefresher, type HealthChecks, metrics } from '@tams/telemetry';
import { SurroundingsGauges } from './surroundings-gauges';

describe('how far the clock is from that of the metadata store', () => {
  let now: number;
  let refreshStore: () => Promise<void>;
  /** How long the store takes to look at its clock, and to answer then, in milliseconds. */
  let [asking, answering]: [number, number] = [1, 1];
  const storeIsBehind = 250;

  beforeEach(() => {
    now = 1_800_000_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    metrics.clockOffset.reset();
    const query = (): Promise<object[]> => {
      now += asking;
      const state = { epoch: (now - storeIsBehind) / 1000, transaction_age: '7', replication_lag: null };
      now += answering;
      return Promise.resolve([state]);
    };
    const refresher = {
      add: ({ name, refresh }: { name: string; refresh: () => Promise<void> }) => {
        if (name === 'metadata store') refreshStore = refresh;
      },
    };
    const gauges = new SurroundingsGauges(
      {} as Configuration,
      { query } as unknown as Database,
      refresher as unknown as GaugeRefresher,
      { add: () => undefined } as unknown as HealthChecks,
    );
    gauges.onModuleInit();
  });
  afterEach(() => jest.restoreAllMocks());

  const offset = (): number | undefined => [...metrics.clockOffset.entries()][0]?.series.value;

  it('is measured by an answer that comes at once', async () => {
    [asking, answering] = [2, 2];
    await refreshStore();
    expect(offset()).toBeCloseTo(storeIsBehind / 1000, 6);
  });

  it('is not read from an answer that was held up: a store that was paused looks at its clock at the end', async () => {
    [asking, answering] = [2, 2];
    await refreshStore();
    [asking, answering] = [5_000, 2];
    await refreshStore();
    expect(offset()).toBeCloseTo(storeIsBehind / 1000, 6);
  });
});
