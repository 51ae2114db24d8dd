import { existsSync } from 'node:fs';
import { HealthSummaries } from './health-summary';

const [noon, later] = [new Date('2026-03-01T12:00:00Z'), new Date('2026-03-01T12:05:00Z')];
const well = { database: { status: 'up' }, 'storage:local': { status: 'up' } } as const;

describe('the sentence that heads /health', () => {
  it('says that all is well', () => {
    expect(new HealthSummaries().of(well, noon)).toEqual({ summary: 'All 2 parts work.' });
  });

  it('names cause, since when, what it means and where help is, and keeps them while it lasts', () => {
    const summaries = new HealthSummaries();
    const broken = { ...well, database: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:5432' } } as const;
    summaries.of(broken, noon);
    expect(summaries.of(broken, later)).toEqual({
      summary:
        'database does not work since 2026-03-01T12:00:00Z: connect ECONNREFUSED 127.0.0.1:5432. ' +
        'Nothing can be read or written: requests are answered 503.',
      runbook: '/docs/runbooks/postgres-down.md',
    });
    expect(summaries.of(well, later).summary).toBe('All 2 parts work.');
    expect(summaries.of(broken, later).summary).toContain('since 2026-03-01T12:05:00Z');
  });

  it('begins with the worst, and with the database before what fails with it', () => {
    const { summary, runbook } = new HealthSummaries().of(
      {
        telemetry: { status: 'degraded', message: 'no collector' },
        'storage:cloud': { status: 'down', message: 'refused' },
        database: { status: 'down', message: 'away' },
      },
      noon,
    );
    expect(summary).toMatch(/^database does not work/);
    expect(summary).toContain('Also unwell: telemetry, storage:cloud.');
    expect(runbook).toBe('/docs/runbooks/postgres-down.md');
  });

  it('leads to pages that exist', () => {
    for (const name of [
      'database',
      'read_replica',
      'storage:x',
      'disk',
      'job_queue',
      'telemetry',
      'log',
      'audit_log',
    ]) {
      const { runbook = '' } = new HealthSummaries().of({ [name]: { status: 'down' } }, noon);
      expect([name, existsSync(`.${runbook}`)]).toEqual([name, true]);
    }
  });
});
