import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

it('lists every npm script in `npm run help`, and none that is not there', () => {
  const groups = JSON.parse(
    execFileSync(process.execPath, ['scripts/help.mjs', '--json'], { encoding: 'utf8' }),
  ) as Record<string, Record<string, string>>;
  const listed = Object.values(groups).flatMap((scripts) => Object.keys(scripts));
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const offered = Object.keys(scripts).filter((name) => name !== 'help' && !name.startsWith('pre'));
  expect(listed.toSorted()).toEqual(offered.toSorted());
});
