import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../support/test-database';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await createTestDatabase();
});

function sql(parameters: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/sql.mjs', ...parameters],
      { env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ...environment } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      },
    );
  });
}

describe('npm run sql', () => {
  it('prints a table, values as PostgreSQL writes them and nothing a terminal would act on', async () => {
    const { code, stdout } = await sql([
      `SELECT 1767225600123456789::int8 AS nanoseconds, interval '90 s' AS age, NULL AS nothing, E'a\\x1b[31mb' AS text`,
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        'nanoseconds         | age      | nothing | text',
        '--------------------+----------+---------+--------',
        '1767225600123456789 | 00:01:30 |         | a [31mb',
        '(1 row)',
        '',
      ].join('\n'),
    });
  });

  it('prints JSON, and no more rows than asked for', async () => {
    const { stdout } = await sql(['--json', '--rows', '2', 'SELECT n FROM generate_series(1, 5) AS n']);
    expect(JSON.parse(stdout)).toEqual([{ n: '1' }, { n: '2' }]);
    expect((await sql(['--rows', '2', 'SELECT n FROM generate_series(1, 5) AS n'])).stdout).toContain(
      '(5 rows, 2 shown)',
    );
  });

  it('only reads, one statement, and not for long', async () => {
    expect(await sql(['DELETE FROM flows'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('25006: cannot execute DELETE in a read-only transaction') as string,
    });
    expect(await sql(['COMMIT; DELETE FROM flows'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot insert multiple commands') as string,
    });
    expect(await sql(['--timeout', '1', 'SELECT pg_sleep(30)'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('57014: canceling statement due to statement timeout') as string,
    });
    expect(await sql(['--write', 'VACUUM flows'])).toMatchObject({ code: 0, stdout: 'VACUUM\n' });
  });

  it('asks the one of several hosts that can be written to', async () => {
    const { username, password, host, pathname } = new URL(databaseUrl);
    const hosts = (names: string) => ({
      DATABASE_URL: `postgres://${username}:${password}@${names}${pathname}?target_session_attrs=read-write`,
    });
    const found = await sql(['--json', 'SELECT current_database() AS name'], hosts(`127.0.0.1:9,${host}`));
    expect(found).toMatchObject({ code: 0, stdout: `[{"name":"${pathname.slice(1)}"}]\n` });
    const none = await sql(['SELECT 1'], hosts('127.0.0.1:9,127.0.0.1:10'));
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED 127.0.0.1:10') as string });
    expect(none.stderr).not.toContain(password);
  });

  it('says what it needs', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'tams-sql-'));
    const unknown = await sql(['--data-dir', empty, 'SELECT 1']);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('--data-dir') as string });
    await rm(empty, { recursive: true });
    expect(await sql([])).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage:') as string });
    expect(await sql(['SELEC 1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('at character 1') as string,
    });
    expect((await sql(['--help'])).stdout).toContain('Usage: npm run sql');
    const nowhere = await sql(['SELECT 1'], { DATABASE_URL: 'postgres://tams:secret@127.0.0.1:9/tams' });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED 127.0.0.1:9') as string });
    expect(nowhere.stderr).not.toContain('secret');
  });
});
