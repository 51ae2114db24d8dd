import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './shipped-files';

/** Programs that write down how they were called, in place of those of PostgreSQL. */
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tams-backup-'));
  mkdirSync(join(directory, 'bin'));
  for (const program of ['pg_dump', 'pg_restore', 'psql']) {
    const path = join(directory, 'bin', program);
    const answer = program === 'psql' ? 'echo 0' : 'true';
    writeFileSync(path, `#!/bin/sh\necho "$0 $* PGPASSWORD=$PGPASSWORD" >>"${directory}/calls"\n${answer}\n`);
    chmodSync(path, 0o755);
  }
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function calls(script: string, url: string, parameters: readonly string[]): string[] {
  spawnSync('sh', [join(ROOT, 'deploy/backup', script), ...parameters], {
    env: { PATH: `${directory}/bin:${process.env['PATH'] ?? ''}`, DATABASE_URL: url },
  });
  return readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');
}

it('passwords stand in no argument of a program, where everybody on the machine can read them', () => {
  const url = 'postgres://tams:s3%40cr%3at%25x@db.example:5433/tams?sslmode=require';
  const saved = calls('backup-store.sh', url, [join(directory, 'saved')]);
  expect(saved[0]).toContain('--dbname=postgres://tams@db.example:5433/tams?sslmode=require PGPASSWORD=s3@cr:t%x');
  expect(saved.join().replaceAll('PGPASSWORD=s3@cr:t%x', '')).not.toContain('s3');
});

it.each(['postgres://db.example/tams', 'postgres://tams@db.example/tams', 'postgres://db.example:5433/tams'])(
  '%s, which has no password, stays as it is',
  (url) => {
    expect(calls('backup-store.sh', url, [join(directory, 'saved')])[0]).toContain(`--dbname=${url} PGPASSWORD=`);
  },
);

it.each([
  [
    'postgres://tams:s3cret@one:5432,two:5433/tams',
    'postgres://tams@one:5432,two:5433/tams?target_session_attrs=read-write',
  ],
  [
    'postgres://tams@one,two/tams?sslmode=require',
    'postgres://tams@one,two/tams?sslmode=require&target_session_attrs=read-write',
  ],
  ['postgres://one,two/tams?target_session_attrs=primary', 'postgres://one,two/tams?target_session_attrs=primary'],
  ['postgres://tams@one/tams?options=-c%20a=b,c', 'postgres://tams@one/tams?options=-c%20a=b,c'],
])('of several hosts the primary is saved: %s', (url, asked) => {
  expect(calls('backup-store.sh', url, [join(directory, 'saved')])[0]).toContain(`--dbname=${asked} PGPASSWORD=`);
});
