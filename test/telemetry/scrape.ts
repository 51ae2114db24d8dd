import { setImmediate as nextTurn } from 'node:timers/promises';
import { registry, type Tracing } from '@tams/telemetry';
import { eventually } from '../support/eventually';

/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus text or OpenMetrics. */
export function parseSamples(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (\S+)/.exec(line);
      if (!match) throw new Error(`Not a sample: ${line}`);
      const [, name = '', labels = '', value = ''] = match;
      return {
        name,
        labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1]!, m[2]!])),
        value: Number(value),
      };
    });
}

/**
 * What the registry of this process would answer to a scrape. Whoever asks again and again lets the network and timers
 * have their turn: nothing else in a scrape waits for them, and what is waited for would never come.
 */
export async function samples(): Promise<Sample[]> {
  await nextTurn();
  return parseSamples(await registry.metrics());
}

/** Value of the one sample with this name and these labels; 0 when there is none. */
export async function valueOf(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const found = (await samples()).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.reduce((sum, sample) => sum + sample.value, 0);
}

/** The samples of a metric whose value changed between two scrapes, by how much. */
export function changes(before: readonly Sample[], after: readonly Sample[], name: string): Sample[] {
  const keyOf = (sample: Sample) => `${sample.name} ${JSON.stringify(sample.labels)}`;
  const old = new Map(before.map((sample) => [keyOf(sample), sample.value]));
  return after
    .filter((sample) => sample.name === name)
    .map((sample) => ({ ...sample, value: sample.value - (old.get(keyOf(sample)) ?? 0) }))
    .filter((sample) => sample.value !== 0);
}

/** Waits until no span waits any more: a flush gives up after a few seconds, on a machine that is busy with much else. */
export async function everySpanArrived(tracing: Tracing): Promise<void> {
  const waiting = async (): Promise<number> => {
    await tracing.flush();
    return valueOf('tams_telemetry_spans_waiting');
  };
  await eventually(waiting, (spans) => spans === 0, { what: 'every span at the collector' });
}
