import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Files of tests that a page names as proof, in the way all pages write them; some with a `*`. */
function proofsIn(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/`((?:test|libs|apps)\/[^\s`]*\.(?:spec|stack)\.ts)`/g)].map(([, path]) => path!);
}

const pages = globSync(['docs/**/*.md', 'README.md'], { cwd: ROOT }).filter((page) => proofsIn(page).length > 0);

it.each(pages)('%s names only tests that exist', (page) => {
  expect(proofsIn(page).filter((path) => globSync(path, { cwd: ROOT }).length === 0)).toEqual([]);
});

it('looks at the page of promises', () => {
  expect(pages).toContain('docs/storage.md');
});
