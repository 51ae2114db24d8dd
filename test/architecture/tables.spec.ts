import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Libraries whose SQL may name the tables of objects: their owner, the history of the schema, and read models across the store. */
const mayName = ['objects', 'migrations', 'console'];

const statement = /\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:objects|object_instances)\b/;

it('only the library of objects knows their tables', () => {
  const offenders = globSync('libs/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.spec.ts') && !mayName.includes(file.split('/')[1] ?? ''))
    .filter((file) => statement.test(readFileSync(join(root, file), 'utf8')));
  expect(offenders).toEqual([]);
});

it('nothing else writes to them', () => {
  const writes = /\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:objects|object_instances)\b/;
  const writers = globSync('libs/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.spec.ts') && writes.test(readFileSync(join(root, file), 'utf8')))
    .map((file) => file.split('/')[1]);
  // The triggers of the schema keep what the row of an object says of its instances.
  expect([...new Set(writers)].sort()).toEqual(['migrations', 'objects']);
});

it('the platform names nothing of the domain', () => {
  const domain = /\b(?:flows?|segments?|sources?|profiles?|webhooks?)\b/i;
  // Settings are the operator's words for the whole server, so the configuration names them.
  const named = globSync('libs/platform/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.spec.ts') && !file.includes('/configuration/'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => domain.test(line.replace(/data.?source|'\.\/configuration\/.*'|WebhookSettings/gi, '')))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(named).toEqual([]);
});
