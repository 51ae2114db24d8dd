import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarOf } from './tar';

it('is an archive that tar unpacks', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tams-tar-'));
  try {
    const files = [
      { name: 'empty.txt', content: '' },
      { name: 'block.txt', content: 'x'.repeat(512) },
      { name: 'text.json', content: '{"text":"é"}\n' },
    ];
    writeFileSync(join(directory, 'a.tar'), tarOf(files, new Date('2026-01-05T03:02:11Z')));
    execFileSync('tar', ['xf', 'a.tar'], { cwd: directory });
    for (const { name, content } of files) expect(readFileSync(join(directory, name), 'utf8')).toBe(content);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
