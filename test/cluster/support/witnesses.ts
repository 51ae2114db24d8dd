import type { TamsClient } from '../../contract/tams-client';
import type { BreakablePostgres } from '../../faults/support/breakable-postgres';
import type { Chance } from '../../faults/support/chance';
import { type Answers, Ingester } from '../../faults/support/ingester';
import { brokenInvariants } from '../../faults/support/invariants';
import { eventually } from '../../support/eventually';
import { ChangesFollowed } from './changes-followed';
import { DoomedFlow } from './doomed-flow';
import { LiveViewer } from './live-viewer';

const INGESTERS = 4;

/** What writers write to: its address, a client that reads it, and the database below. */
export interface Written {
  readonly url: string;
  readonly client: TamsClient;
  readonly postgres: Pick<BreakablePostgres, 'query'>;
}

/** Clients that write, as long as they are let, and remember what was acknowledged. */
export class Writers {
  readonly ingesters: readonly Ingester[];

  constructor(
    private readonly written: Written,
    readonly answers: Answers,
    chance: Chance,
  ) {
    this.ingesters = Array.from({ length: INGESTERS }, () => new Ingester(written.url, answers, chance.split()));
  }

  start(): void {
    for (const ingester of this.ingesters) ingester.start();
  }

  /** Waits until every one of them was acknowledged something more. @returns after how many milliseconds */
  async servedMs(): Promise<number> {
    const start = Date.now();
    const before = this.ingesters.map(({ acknowledged }) => acknowledged.size);
    await eventually(
      () => this.ingesters.filter(({ acknowledged }, index) => acknowledged.size <= before[index]!).length,
      (waiting) => waiting === 0,
      { what: 'every ingester goes on', atMost: 90_000 },
    );
    return Date.now() - start;
  }

  /** Ends them, whatever they were told. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.ingesters.map((ingester) => ingester.pause()));
  }

  /** Ends them, and compares the store with what they were told. @returns in words how much it was */
  async expectKept(): Promise<string> {
    await Promise.all(this.ingesters.map((ingester) => ingester.pause()));
    if (this.answers.retried.includes(0)) await Promise.all(this.ingesters.map((ingester) => ingester.labelAgain()));
    expect(await brokenInvariants(this.written, this.written.postgres, this.ingesters)).toEqual([]);
    expect(this.answers.unclean).toEqual([]);
    const segments = this.ingesters.reduce((count, { acknowledged }) => count + acknowledged.size, 0);
    const statuses = [...this.answers.byStatus].toSorted(([a], [b]) => a - b);
    const counted = statuses.map(([status, count]) => `${count} × ${status || 'no answer'}`).join(', ');
    return `${segments} segments acknowledged and found; answers: ${counted}; slowest ${this.answers.slowestMs} ms`;
  }
}

/**
 * Clients of every kind at work while something breaks: writers, a player, a webhook, one who follows
 * the event stream, and a deletion that is a job.
 */
export class Witnesses {
  private constructor(
    private readonly writers: Writers,
    private readonly viewer: LiveViewer,
    private readonly changes: ChangesFollowed,
    private readonly doomed: DoomedFlow,
  ) {}

  static async begin(written: Written, answers: Answers, chance: Chance): Promise<Witnesses> {
    const { client, url } = written;
    const changes = await ChangesFollowed.begin(client, url, answers.retried);
    const viewer = new LiveViewer(url, answers);
    const writers = new Writers(written, answers, chance);
    try {
      await viewer.start();
      writers.start();
      return new Witnesses(writers, viewer, changes, await DoomedFlow.delete(client));
    } catch (error) {
      // Nobody else can end what goes on by itself.
      await writers.stop();
      await viewer.stop().catch(() => undefined);
      await changes.close();
      throw error;
    }
  }

  /** See {@link Writers.servedMs}. */
  servedMs(): Promise<number> {
    return this.writers.servedMs();
  }

  /** Ends all work and compares what each was told with what is there. @returns in words what was seen */
  async expectAllKept(): Promise<string> {
    const written = await this.writers.expectKept();
    const told = await this.changes.expectAllTold();
    await this.doomed.expectOnce();
    const { entries, looks } = await this.viewer.stop();
    expect(this.viewer.broken).toEqual([]);
    return `${written}; ${told}; ${entries} entries of a live playlist in ${looks} looks`;
  }

  async close(): Promise<void> {
    await this.writers.stop();
    await this.viewer.stop().catch(() => undefined);
    await this.changes.close();
    await this.doomed.close();
  }
}
