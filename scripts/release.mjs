// Makes a release: moves "Unreleased" of CHANGELOG.md under the new version, writes the version, commits and tags.
//   npm run release -- patch|minor|major|X.Y.Z [--dry-run]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const usage = `Usage: npm run release -- <patch|minor|major|X.Y.Z> [--dry-run]

Moves the "Unreleased" section of CHANGELOG.md under the new version with today's date, writes the version to package.json
and package-lock.json, commits, and tags the commit vX.Y.Z. Nothing is pushed: "git push --follow-tags" publishes it.
  --dry-run   only says what the version and the section would be`;

const [kind, ...options] = process.argv.slice(2);
if (kind === undefined || kind === '--help') {
  console.log(usage);
  process.exit(kind === undefined ? 1 : 0);
}

const fail = (message) => {
  console.error(message);
  process.exit(1);
};
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

const unknown = options.filter((option) => option !== '--dry-run');
if (unknown.length > 0) fail(`Unknown option ${unknown[0]}.\n\n${usage}`);
const version = nextVersion(JSON.parse(readFileSync('package.json', 'utf8')).version, kind);
const changelog = readFileSync('CHANGELOG.md', 'utf8');
const section = /^## \[Unreleased\]\n([\s\S]*?)(?=^## \[|(?![\s\S]))/m.exec(changelog);
if (!section || section[1].trim() === '') fail('CHANGELOG.md has nothing under "## [Unreleased]": nothing to release.');

const today = new Date().toISOString().slice(0, 10);
console.log(`Version ${version}, ${today}:\n${section[1].trimEnd()}`);
if (!options.includes('--dry-run')) {
  if (git('status', '--porcelain') !== '')
    fail('Commit or remove your changes first: a release is a commit of its own.');
  writeFileSync(
    'CHANGELOG.md',
    changelog.replace(section[0], `## [Unreleased]\n\n## [${version}] - ${today}\n${section[1]}`),
  );
  execFileSync('npm', ['version', version, '--no-git-tag-version'], { stdio: 'inherit' });
  git('commit', '--all', '--message', `Release ${version}`);
  git('tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
  console.log(`Committed and tagged v${version}. Publish it with: git push --follow-tags`);
}

function nextVersion(current, wanted) {
  if (/^\d+\.\d+\.\d+$/.test(wanted)) return wanted;
  const place = ['major', 'minor', 'patch'].indexOf(wanted);
  if (place < 0) fail(`"${wanted}" is neither major, minor, patch nor a version such as 1.2.3.\n\n${usage}`);
  const parts = current.split('.').map(Number);
  return parts.map((part, index) => (index === place ? part + 1 : index < place ? part : 0)).join('.');
}
