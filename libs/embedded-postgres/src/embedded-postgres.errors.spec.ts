import { explainFailure, explainSystemError } from './embedded-postgres.errors';

describe('explainFailure', () => {
  it.each([
    ['FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device', 'disk-full', 'free some space'],
    ['initdb: error: could not create directory "x": No space left on device', 'disk-full', 'DATA_DIR'],
    [
      'FATAL:  could not resize shared memory segment "/PostgreSQL.1": No space left on device',
      'start-failed',
      '--shm-size',
    ],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port-taken', 'another port'],
    ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'still-running', 'start again'],
    ['FATAL:  database files are incompatible with server', 'cluster-version', 'DATABASE_URL'],
    ['initdb: error: could not look up effective user ID 1234: user does not exist', 'account', '/etc/passwd'],
    ['postgres: error while loading shared libraries: libxml2.so.2: cannot open', 'unsupported', 'npm rebuild'],
    ['FATAL:  something never seen', 'start-failed', 'DATABASE_URL'],
  ])('%s', (line, code, advice) => {
    const error = explainFailure('The start failed', ['LOG:  starting', line]);
    expect(error.code).toBe(code);
    expect(error.message).toContain(advice);
    expect(error.message).toContain(line);
  });
});

describe('explainSystemError', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EACCES', 'account'],
    ['EROFS', 'account'],
  ])('%s', (systemCode, code) => {
    const cause = Object.assign(new Error(`${systemCode}: no space left on device, or the like`), { code: systemCode });
    expect(explainSystemError(cause, '/data')).toMatchObject({
      code,
      message: expect.stringContaining('DATA_DIR') as string,
    });
  });

  it('leaves anything else as it is', () => {
    const error = new Error('other');
    expect(explainSystemError(error, '/data')).toBe(error);
  });
});
