import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '@tams/platform';
import { securityWarnings } from './security-warnings';

let directory: string;
let usersFile: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tams-warnings-'));
  usersFile = join(directory, 'users');
  writeFileSync(usersFile, '', { mode: 0o600 });
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** What is warned of, by its variable. */
function warned(environment: Readonly<Record<string, string>>): string[] {
  const configuration = new Configuration({
    TAMS_ENV: 'production',
    AUTH_MODE: 'basic',
    AUTH_BASIC_USERS_FILE: usersFile,
    PUBLIC_BASE_URL: 'https://tams.example',
    ...environment,
  });
  return securityWarnings(configuration).map((warning) => warning.split(' ')[0] ?? '');
}

it('nothing is warned of where all is as it should be', () => {
  expect(warned({})).toEqual([]);
});

it.each([
  ['passwords over plain http', { PUBLIC_BASE_URL: 'http://tams.example' }, 'AUTH_MODE'],
  ['pages of everybody', { CORS_ALLOWED_ORIGINS: '*' }, 'CORS_ALLOWED_ORIGINS'],
  ['addresses that clients claim', { TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
])('production is warned of %s', (_name, environment, variable) => {
  expect(warned(environment)).toEqual([variable]);
  expect(warned({ TAMS_ENV: 'development', ...environment })).toEqual([]);
});

it('production is warned of users that everybody on the machine can read', () => {
  chmodSync(usersFile, 0o644);
  expect(warned({})).toEqual(['AUTH_BASIC_USERS_FILE']);
});

it('is not warned of proxies that are counted or named', () => {
  for (const proxies of ['1', '10.0.0.0/8', 'loopback']) expect(warned({ TRUST_PROXY: proxies })).toEqual([]);
});
