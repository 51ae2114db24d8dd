import { cpus, totalmem } from 'node:os';
import type { Figures, Measurement, Spread } from './measurement';

/** A table in plain text: the first column to the left, the others to the right. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const written = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return [written[0], widths.map((width) => '-'.repeat(width)).join('  '), ...written.slice(1)].join('\n');
}

/** Median with the range of the rounds behind it. */
export function spread({ median, lowest, highest }: Spread, digits = 0): string {
  return `${number(median, digits)} (${number(lowest, digits)}-${number(highest, digits)})`;
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The table of `npm run bench`: the server's figures, and its rate over that of each other server. */
export function benchTable(measurements: readonly Measurement[]): string {
  const others = Object.keys(measurements[0]?.ratios ?? {});
  const header = ['case', 'requests/s', 'items/s', 'p50 ms', 'p99 ms', 'CPU us', 'DB CPU us', 'peak MB'];
  const columnsOf = (name: string): string[] => [
    `of ${name}`,
    `${name} requests/s`,
    `${name} p99 ms`,
    `${name} CPU us`,
    `${name} DB CPU us`,
    `CPU of ${name}`,
  ];
  const rows = measurements.map(({ label, items, figures, ratios, cpuRatios, peakMegabytes }) => {
    const [own] = Object.values(figures);
    if (!own) throw new Error(`Nothing was measured for ${label}.`);
    return [
      label,
      spread(own.requestsPerSecond),
      items ? `${number(own.requestsPerSecond.median * items.count)} ${items.unit}` : '',
      number(own.p50.median, 1),
      spread(own.p99, 1),
      number(own.cpuMicroseconds.median),
      number(own.databaseMicroseconds.median),
      number(peakMegabytes),
      ...others.flatMap((name) => otherCells(ratios[name], cpuRatios[name], figures[name])),
    ];
  });
  return tableOf([...header, ...others.flatMap(columnsOf)], rows);
}

function otherCells(rates: Spread | undefined, cpu: Spread | undefined, figures: Figures | undefined): string[] {
  if (!rates || !cpu || !figures) return ['', '', '', '', '', ''];
  const { requestsPerSecond, p99, cpuMicroseconds, databaseMicroseconds } = figures;
  return [
    spread(rates, 2),
    number(requestsPerSecond.median),
    number(p99.median, 1),
    number(cpuMicroseconds.median),
    number(databaseMicroseconds.median),
    spread(cpu, 2),
  ];
}

/** What the figures depend on beside the code. */
export function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
