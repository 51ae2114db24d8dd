import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@tams/embedded-postgres';

/** What a benchmark stands on. */
export interface BenchBed {
  readonly directory: string;
  /** With the settings the server ships. */
  readonly postgres: EmbeddedPostgres;
  /** What is to be stopped at the end, last first. */
  readonly stops: (() => unknown)[];
}

/**
 * Runs a benchmark on a PostgreSQL of its own, and stops all it began, however it ends.
 * @param kept directory that is used and left; otherwise a temporary one is made and removed
 * @param durable whether what is written survives a crash; without, filling is faster
 */
export async function onBenchBed(work: (bed: BenchBed) => Promise<void>, kept?: string, durable = true): Promise<void> {
  const directory = kept ?? (await mkdtemp(join(tmpdir(), 'tams-bench-')));
  await mkdir(directory, { recursive: true });
  // PostgreSQL runs as another user when this one is root.
  await chmod(directory, 0o711);
  const stops: (() => unknown)[] = [];
  if (kept === undefined) stops.push(() => rm(directory, { recursive: true, force: true }));
  try {
    const postgres = await EmbeddedPostgres.start({
      dataDirectory: join(directory, 'postgres'),
      log: () => undefined,
      durable,
    });
    stops.push(() => postgres.stop());
    await work({ directory, postgres, stops });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
