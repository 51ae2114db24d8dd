import type { RetentionItem } from '@tams/segments';

/** Where a run of retention, or its preview, is shown. */
export interface RetentionOutput {
  begin(dryRun: boolean): void;
  item(item: RetentionItem): void;
  end(failures: number): void;
}

/** One JSON document on standard output, written piece by piece. */
export class RetentionJson implements RetentionOutput {
  private items = 0;

  begin(dryRun: boolean): void {
    process.stdout.write(`{"time":${JSON.stringify(new Date())},"dry_run":${dryRun},"items":[`);
  }

  item(item: RetentionItem): void {
    process.stdout.write(`${this.items === 0 ? '' : ','}\n${JSON.stringify(item)}`);
    this.items += 1;
  }

  end(failures: number): void {
    process.stdout.write(`],"failures":${failures}}\n`);
  }
}

/** A line for each item. */
export class RetentionText implements RetentionOutput {
  private items = 0;
  private dryRun = false;

  begin(dryRun: boolean): void {
    this.dryRun = dryRun;
  }

  item(item: RetentionItem): void {
    this.items += 1;
    console.log(`${this.tense(item)}: ${subjectOf(item)}${item.label === undefined ? '' : ` (${item.label})`}`);
  }

  end(failures: number): void {
    const failed = failures === 0 ? '' : `; ${failures} failed, see the log of the server`;
    console.log(this.items === 0 && failures === 0 ? 'Nothing goes by retention.' : `${this.items} in all${failed}.`);
  }

  private tense({ due_now: dueNow, due, held, problem }: RetentionItem): string {
    if (problem !== undefined) return `never, ${problem}`;
    if (held !== undefined) return `due, but held: ${held}`;
    if (!dueNow) return due === undefined ? 'not yet' : `at ${due}`;
    return this.dryRun ? 'now' : 'deleted';
  }
}

function subjectOf({ what, flow_id: flowId, segments, timerange }: RetentionItem): string {
  if (what === 'empty-flow') return `Flow ${flowId}, which has no segments`;
  if (what === 'flow') return `Flow ${flowId}${segments === undefined ? '' : ` with ${segments} segments`}`;
  const count = segments === undefined ? 'segments' : `${segments} segments`;
  return `${count} of Flow ${flowId}${timerange === undefined ? '' : ` within ${timerange}`}`;
}
