/** The tests of `npm run test:s3`: those of S3 itself, and the HTTP tests that run on any storage. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import usual from '../../jest.config.mjs';

const http = join(import.meta.dirname, '../http');
const onAnyStorage = readdirSync(http).filter(
  (name) => name.endsWith('.spec.ts') && readFileSync(join(http, name), 'utf8').includes('openTestStorage()'),
);

export default {
  ...usual,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/s3/**/*.spec.ts', ...onAnyStorage.map((name) => `<rootDir>/test/http/${name}`)],
};
