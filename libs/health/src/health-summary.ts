import type { HealthIndicatorResult } from '@nestjs/terminus';

/** What it means that a part does not work, and where it is told what to do. */
interface Consequence {
  readonly meaning: string;
  /** Name of a page below `/docs/runbooks/`. */
  readonly runbook: string;
}

/** By name of the check; `storage` stands for every storage backend. */
const consequences: Readonly<Record<string, Consequence>> = {
  database: { meaning: 'Nothing can be read or written: requests are answered 503.', runbook: 'postgres-down' },
  read_replica: { meaning: 'The primary answers in its place.', runbook: 'postgres-down' },
  storage: { meaning: 'Media on it cannot be read, uploaded or copied.', runbook: 'storage-failing' },
  disk: { meaning: 'Uploads are refused before the disk is full.', runbook: 'disk-almost-full' },
  job_queue: { meaning: 'Deletions, copies and retention wait.', runbook: 'job-queue-growing' },
  telemetry: { meaning: 'Traces are lost; requests are not affected.', runbook: 'telemetry-export-failing' },
  connections: {
    meaning: 'Requests wait for a connection to the metadata store and are answered 503.',
    runbook: 'metadata-store-connections-exhausted',
  },
  locks: { meaning: 'Requests that need what is locked wait, and fail in the end.', runbook: 'requests-hanging' },
  event_loop: { meaning: 'While it lasts nobody is answered.', runbook: 'event-loop-blocked' },
  ingest: { meaning: 'Live media is not arriving.', runbook: 'ingest-stalled' },
  webhooks: { meaning: 'Its receiver learns of changes late.', runbook: 'webhook-deliveries-failing' },
  certificate: { meaning: 'Clients will refuse to connect.', runbook: 'certificate-expiring' },
  clock: { meaning: 'Times, tokens and signed URLs are wrong.', runbook: 'clock-wrong' },
  log: { meaning: 'Lines of the log are lost; requests are not affected.', runbook: 'disk-almost-full' },
  audit_log: { meaning: 'Who changed what is in the log only.', runbook: 'disk-almost-full' },
};

/** How urgent a state of a check is: the lower, the worse. */
const order = ['down', 'degraded'];

/** What is wrong, worst first, in a sentence each. */
export interface HealthSummary {
  /** One sentence or two for people: what does not work, why, since when, and what that means. */
  readonly summary: string;
  /** Where on this server it is told what to do; absent when all is well, and for parts others added. */
  readonly runbook?: string;
}

/** Remembers since when each part is as it is, as far as anybody asked, and says it in words. */
export class HealthSummaries {
  private readonly since = new Map<string, Date>();

  /** @param checks as `/health` lists them @param now for parts that were well until now */
  of(checks: HealthIndicatorResult, now: Date): HealthSummary {
    const names = Object.keys(checks);
    const unwell = names.filter((name) => order.includes(checks[name]?.status ?? ''));
    for (const name of [...this.since.keys()]) if (!unwell.includes(name)) this.since.delete(name);
    for (const name of unwell) if (!this.since.has(name)) this.since.set(name, now);
    const [worst] = unwell.toSorted((one, other) => this.compare(checks, one, other));
    if (worst === undefined) return { summary: `All ${names.length} parts work.` };
    const { message } = checks[worst] as { message?: string };
    const consequence = consequences[worst.split(':')[0] ?? ''];
    const others = unwell.filter((name) => name !== worst);
    const sentences = [
      `${worst} ${checks[worst]?.status === 'down' ? 'does not work' : 'is degraded'} since ${this.sinceOf(worst)}: ${(message ?? 'no reason given').replace(/\.$/, '')}.`,
      ...(consequence ? [consequence.meaning] : []),
      ...(others.length > 0 ? [`Also unwell: ${others.join(', ')}.`] : []),
    ];
    return {
      summary: sentences.join(' '),
      ...(consequence && { runbook: `/docs/runbooks/${consequence.runbook}.md` }),
    };
  }

  /** As people read it: to the second. */
  private sinceOf(name: string): string {
    return (this.since.get(name)?.toISOString() ?? '').replace(/\.\d+Z$/, 'Z');
  }

  private compare(checks: HealthIndicatorResult, one: string, other: string): number {
    const rank = (name: string): number => order.indexOf(checks[name]?.status ?? '');
    // The database first: without it others are unwell too.
    const isDatabase = (name: string): number => Number(name === 'database');
    return (
      rank(one) - rank(other) ||
      isDatabase(other) - isDatabase(one) ||
      Number(this.since.get(one) ?? 0) - Number(this.since.get(other) ?? 0)
    );
  }
}
