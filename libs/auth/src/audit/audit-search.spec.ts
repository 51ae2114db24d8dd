import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchFile } from './audit-file-search';
import type { AuditFindings, AuditLine, AuditQuestion } from './audit.schema';
import { LatestLines } from './latest-lines';

const directory = mkdtempSync(join(tmpdir(), 'tams-audit-'));
const path = join(directory, 'audit.log');
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const line = (number: number, flowId: string, principal = 'ingest'): AuditLine => ({
  time: new Date(1_767_600_000_000 + number).toISOString(),
  audit: 'change',
  principal,
  method: 'POST',
  route: '/flows/{flowId}/segments',
  resource: { flowId },
  outcome: 'done',
  status: 201,
  correlation_id: `request-${number}`,
  source: '192.0.2.7',
});
const [busy, quiet] = [randomUUID(), randomUUID()];

/** All that a question finds, asked again from where each answer ends. */
async function everything(
  ask: (question: AuditQuestion) => AuditFindings | Promise<AuditFindings>,
  question: Partial<AuditQuestion>,
): Promise<string[]> {
  const found: string[] = [];
  for (let before: number | undefined; ;) {
    const { lines, next } = await ask({ limit: 100, ...question, ...(before !== undefined && { before }) });
    found.push(...lines.map(({ correlation_id: id }) => id));
    if (next === undefined) return found;
    if (before !== undefined) expect(next).toBeLessThan(before);
    before = next;
  }
}

describe('a file of audit lines', () => {
  // 5,000 lines of 300 bytes: several blocks, whose borders lie anywhere in a line.
  const lines = Array.from({ length: 5_000 }, (_, number) =>
    line(number, number % 1_000 === 7 ? quiet : busy, number % 2 === 0 ? 'ingest' : 'edit “ä”'),
  );
  const ask = (question: AuditQuestion) => searchFile(path, question);
  beforeEach(() => {
    writeFileSync(path, lines.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  });

  it('is read from its end, each line once, in whatever portions', async () => {
    const newestFirst = lines.map(({ correlation_id: id }) => id).toReversed();
    expect(await everything(ask, { limit: 999 })).toEqual(newestFirst);
    expect((await ask({ limit: 3 })).lines).toEqual(lines.slice(-3).toReversed());
  });

  it('gives the lines of one resource, and of one principal', async () => {
    expect(await everything(ask, { resource: quiet, limit: 2 })).toEqual(
      [4007, 3007, 2007, 1007, 7].map((number) => `request-${number}`),
    );
    expect(await everything(ask, { resource: quiet, principal: 'ingest' })).toEqual([]);
    expect(await everything(ask, { principal: 'edit “ä”' })).toHaveLength(2_500);
    expect(await everything(ask, { resource: randomUUID() })).toEqual([]);
  });

  it('may hold what is no line of ours: one cut short, one longer than any', async () => {
    writeFileSync(
      path,
      `{"time":"20\n${JSON.stringify(lines[0])}\n${'x'.repeat(600_000)}\n${JSON.stringify(lines[1])}\n`,
    );
    expect(await everything(ask, {})).toEqual(['request-1', 'request-0']);
    expect(await everything(ask, { resource: busy })).toEqual(['request-1', 'request-0']);
  });

  it('may be empty, or shorter than when it was asked first', async () => {
    writeFileSync(path, '');
    expect(await ask({ limit: 1, before: 1_000_000 })).toEqual({ kept_in: 'file', lines: [] });
  });
});

describe('the latest lines in memory', () => {
  it('are the newest 2,000, each found once though others come meanwhile', async () => {
    const latest = new LatestLines();
    for (let number = 0; number < 5_000; number += 1) latest.add(line(number, number % 1_000 === 7 ? quiet : busy));
    const ask = (question: AuditQuestion): AuditFindings => {
      const answer = latest.search(question);
      latest.add(line(9_999, randomUUID()));
      return answer;
    };
    expect(await everything(ask, { resource: quiet, limit: 1 })).toEqual(['request-4007', 'request-3007']);
    expect((await everything(ask, { resource: busy })).length).toBeLessThan(2_000);
    expect(latest.search({ limit: 1, before: 10 })).toEqual({ kept_in: 'memory', lines: [] });
  });
});
