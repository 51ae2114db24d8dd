import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Needs {
  readonly load: { readonly registrationsPerSecond: number; readonly segments: number };
  readonly servers: { readonly cores: number; readonly replicas: number };
  readonly database: { readonly gigabytes: number; readonly diskGigabytes: number };
  readonly media: { readonly terabytes: number };
  readonly measured: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}

function size(...options: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, ['scripts/size.mjs', ...options], { encoding: 'utf8' });
}

const needs = (...options: string[]): Needs => JSON.parse(size('--json', ...options).stdout) as Needs;

describe('npm run size', () => {
  it('counts Segments and media, and grows the database with them', () => {
    const year = needs('--channels', '100', '--segment', '2', '--days', '365');
    // Two Flows a channel, one Segment of each every two seconds; 10 Mbit/s.
    expect(year.load).toMatchObject({ registrationsPerSecond: 100, segments: 100 * 86_400 * 365 });
    expect(year.media.terabytes).toBeCloseTo((100 * 10e6 * 86_400 * 365) / 8 / 1e12);
    const month = needs('--channels', '100', '--segment', '2', '--days', '36.5');
    expect(year.database.gigabytes / month.database.gigabytes).toBeCloseTo(10);
    expect(year.database.diskGigabytes).toBeGreaterThan(year.database.gigabytes);
    expect(month.servers).toEqual(year.servers);
    const more = needs('--channels', '100', '--segment', '2', '--days', '365', '--readers', '10000');
    expect(more.servers.cores).toBeGreaterThan(year.servers.cores);
  });

  it('refuses what it cannot count with, and says how it is used', () => {
    expect(size('--channels', '1', '--segment', '2')).toMatchObject({ status: 2 });
    expect(size('--channels', '0', '--segment', '2', '--days', '1').stderr).toContain('--channels is a number above 0');
    expect(size('--help').stdout).toContain('--channels N');
  });

  it('counts with the figures that docs/scaling.md shows', () => {
    const { measured } = needs('--channels', '1', '--segment', '2', '--days', '1');
    const figures = [...readFileSync('docs/scaling.md', 'utf8').matchAll(/^\| `([\w.]+)` \| ([\d.]+) \|/gm)];
    const shown = Object.fromEntries(figures.map(([, name = '', value]) => [name, Number(value)] as const));
    const flat = Object.entries(measured).flatMap(([name, value]): [string, number][] =>
      typeof value === 'number'
        ? [[name, value]]
        : Object.entries(value).map(([part, figure]): [string, number] => [`${name}.${part}`, figure]),
    );
    expect(shown).toEqual(Object.fromEntries(flat));
  });
});
