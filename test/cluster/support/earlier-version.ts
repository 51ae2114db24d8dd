import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { builtServer } from '../../faults/support/breakable-server';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../../..');
const MIGRATIONS = 'libs/migrations/src';

/** The commit before the newest migration, or the one that is named (`CLUSTER_EARLIER`); undefined where there is no history. */
function earlierCommit(): string | undefined {
  try {
    const commit = process.env['CLUSTER_EARLIER'] ?? beforeNewestMigration();
    return git('rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  } catch {
    return undefined;
  }
}

function beforeNewestMigration(): string {
  const newest = readdirSync(join(ROOT, MIGRATIONS))
    .filter((name) => /^\d+-.*\.ts$/.test(name))
    .toSorted()
    .at(-1)!;
  return `${git('log', '--diff-filter=A', '--format=%H', '-1', '--', `${MIGRATIONS}/${newest}`)}^`;
}

function git(...words: string[]): string {
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

const commit = earlierCommit();

/** `describe`, skipped with the reason in its name where an earlier version cannot be had. */
export function describeWithEarlierVersion(
  describing: (name: string, tests: () => void) => void,
  name: string,
  tests: () => void,
): void {
  if (commit !== undefined) describing(name, tests);
  else describe.skip(`${name} (skipped: this tree has no git history before its newest migration)`, tests);
}

/** The version before the newest migration, built from this repository's history with today's dependencies. */
export class EarlierVersion {
  private constructor(
    private readonly directory: string,
    /** Arguments of Node.js. */
    readonly program: readonly string[],
    readonly migrations: number,
  ) {}

  static async build(): Promise<EarlierVersion> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-earlier-'));
    const archive = join(directory, 'sources.tar');
    await run('git', ['archive', `--output=${archive}`, commit!], { cwd: ROOT });
    await run('tar', ['-xf', archive, '-C', directory]);
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    const nest = createRequire(__filename).resolve('@nestjs/cli/bin/nest.js');
    await run(process.execPath, [nest, 'build', 'tams-api'], { cwd: directory });
    const migrations = readdirSync(join(directory, MIGRATIONS)).filter((name) => /^\d+-.*\.ts$/.test(name)).length;
    return new EarlierVersion(directory, builtServer(directory), migrations);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
