import type { BenchCase, RoundSize } from './cases';
import type { LoadResult } from './load-plan';
import type { LoadGenerator, MeasuredServer } from './processes';

/** Median and range of the rounds. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What one server made of one plan, over all rounds. */
export interface Figures {
  readonly requestsPerSecond: Spread;
  /** Milliseconds. */
  readonly p50: Spread;
  /** Milliseconds. */
  readonly p99: Spread;
  /** CPU of the server's own process for one request, in microseconds; of all plans of the round together. */
  readonly cpuMicroseconds: Spread;
  /** The same of PostgreSQL and all its connections; 0 where that was not asked. */
  readonly databaseMicroseconds: Spread;
}

/** One line of the table. */
export interface Measurement {
  readonly label: string;
  readonly items?: BenchCase['items'];
  readonly figures: Readonly<Record<string, Figures>>;
  /** Requests per second of the first server over those of each other, round by round. */
  readonly ratios: Readonly<Record<string, Spread>>;
  /** CPU of one request, the server's and PostgreSQL's together, of the first server over each other's, round by round. */
  readonly cpuRatios: Readonly<Record<string, Spread>>;
  /** CPU of one request, the server's alone, of each other server over the first's, round by round. */
  readonly processorRatios: Readonly<Record<string, Spread>>;
  /** Largest memory of the first server while this case ran, in megabytes. */
  readonly peakMegabytes: number;
}

interface Sample extends LoadResult {
  readonly cpuMicroseconds: number;
  readonly databaseMicroseconds: number;
}

/** What sends the load, and what tells the CPU seconds that PostgreSQL has used so far, where that is asked. */
export interface Bench {
  readonly load: LoadGenerator;
  readonly databaseCpuSeconds?: () => number;
}

/**
 * Runs a case on each server in turn, round after round, so that what else the machine does meets all of them alike.
 * One unmeasured round each goes first.
 */
export async function measure(
  bench: Bench,
  benchCase: BenchCase,
  servers: readonly MeasuredServer[],
  rounds: number,
  size: RoundSize,
): Promise<Measurement[]> {
  const samples = new Map<string, Map<string, Sample[]>>();
  const warmUp: RoundSize = {
    seconds: Math.min(size.seconds, 1),
    registrations: Math.ceil(size.registrations / 3),
    batches: Math.ceil(size.batches / 3),
  };
  servers[0]?.forgetPeakMemory();
  for (let round = 0; round <= rounds; round += 1) {
    // Who goes first changes too.
    for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
      for (const sample of await runRound(bench, benchCase, server, round === 0 ? warmUp : size)) {
        if (round === 0) continue;
        const byServer = samples.get(sample.label) ?? new Map<string, Sample[]>();
        samples.set(sample.label, byServer.set(server.name, [...(byServer.get(server.name) ?? []), sample]));
      }
    }
  }
  const names = servers.map((server) => server.name);
  const peak = servers[0]?.peakMegabytes ?? 0;
  return [...samples].map(([label, byServer]) => summary(label, benchCase, byServer, names, peak));
}

async function runRound(
  { load, databaseCpuSeconds = () => 0 }: Bench,
  benchCase: BenchCase,
  server: MeasuredServer,
  size: RoundSize,
): Promise<Sample[]> {
  const plans = await benchCase.round(size, server);
  const before = [server.cpuSeconds, databaseCpuSeconds()] as const;
  const results = await load.run({ origin: server.origin, plans });
  const [cpu, databaseCpu] = [server.cpuSeconds - before[0], databaseCpuSeconds() - before[1]];
  const requests = results.reduce((sum, result) => sum + result.requests, 0);
  for (const { label, failures, firstFailure } of results) {
    if (failures > 0)
      throw new Error(`${label} on the ${server.name}: ${failures} failed, first: ${firstFailure ?? ''}`);
  }
  return results.map((result) => ({
    ...result,
    cpuMicroseconds: (cpu * 1e6) / requests,
    databaseMicroseconds: (databaseCpu * 1e6) / requests,
  }));
}

/** @param names the servers, in the order they are shown */
function summary(
  label: string,
  benchCase: BenchCase,
  byServer: ReadonlyMap<string, readonly Sample[]>,
  names: readonly string[],
  peakMegabytes: number,
): Measurement {
  const samples = names.map((name) => byServer.get(name) ?? []);
  const figures = Object.fromEntries(names.map((name, index) => [name, figuresOf(samples[index] ?? [])]));
  const [own = [], ...others] = samples;
  const ratiosTo = (figure: (sample: Sample) => number): Record<string, Spread> =>
    Object.fromEntries(
      others.map((other, index) => [
        names[index + 1] ?? '',
        spreadOf(own.map((sample, round) => figure(sample) / figure(other[round] ?? sample))),
      ]),
    );
  return {
    label,
    ...(benchCase.items && { items: benchCase.items }),
    figures,
    ratios: ratiosTo(rate),
    cpuRatios: ratiosTo((sample) => sample.cpuMicroseconds + sample.databaseMicroseconds),
    processorRatios: ratiosTo((sample) => 1 / sample.cpuMicroseconds),
    peakMegabytes,
  };
}

function figuresOf(samples: readonly Sample[]): Figures {
  return {
    requestsPerSecond: spreadOf(samples.map(rate)),
    p50: spreadOf(samples.map((sample) => sample.p50)),
    p99: spreadOf(samples.map((sample) => sample.p99)),
    cpuMicroseconds: spreadOf(samples.map((sample) => sample.cpuMicroseconds)),
    databaseMicroseconds: spreadOf(samples.map((sample) => sample.databaseMicroseconds)),
  };
}

function rate({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    lowest: at(0),
    highest: at(sorted.length - 1),
  };
}
