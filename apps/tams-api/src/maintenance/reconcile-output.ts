import type { BackendReport, Finding } from '@tams/objects';
import type { StorageBackend } from '@tams/storage';
import { SingleBar } from 'cli-progress';

const LINE_EVERY_MILLISECONDS = 10_000;

/** Where a reconciliation is shown, as it goes on. */
export interface ReconcileOutput {
  begin(repair: boolean): void;
  backend(backend: StorageBackend, expectedObjects: number): void;
  /** So many more objects were looked at. */
  progress(objects: number): void;
  finding(finding: Finding): void;
  end(reports: readonly BackendReport[]): void;
}

/** One JSON document on standard output, written piece by piece: there may be millions of findings. */
export class ReconcileJson implements ReconcileOutput {
  private readonly bar = new ProgressBar();
  private findings = 0;

  begin(repair: boolean): void {
    process.stdout.write(`{"started":${JSON.stringify(new Date())},"fix":${repair},"findings":[`);
  }

  backend(backend: StorageBackend, expectedObjects: number): void {
    this.bar.begin(backend, expectedObjects);
  }

  progress(objects: number): void {
    this.bar.advance(objects);
  }

  finding(finding: Finding): void {
    process.stdout.write(`${this.findings === 0 ? '' : ','}\n${JSON.stringify(finding)}`);
    this.findings += 1;
  }

  end(reports: readonly BackendReport[]): void {
    this.bar.end();
    process.stdout.write(`],\n"backends":${JSON.stringify(reports)},"finished":${JSON.stringify(new Date())}}\n`);
  }
}

/** Lines for people. */
export class ReconcileText implements ReconcileOutput {
  private readonly bar = new ProgressBar();

  begin(repair: boolean): void {
    if (repair) console.log('What is found is repaired.');
  }

  backend(backend: StorageBackend, expectedObjects: number): void {
    this.bar.begin(backend, expectedObjects);
  }

  progress(objects: number): void {
    this.bar.advance(objects);
  }

  finding(finding: Finding): void {
    console.log(`${finding.kind}${finding.repaired ? ' (repaired)' : ''}: ${finding.object_id}${detailOf(finding)}`);
  }

  end(reports: readonly BackendReport[]): void {
    this.bar.end();
    for (const report of reports) console.log(lineOn(report));
  }
}

/** How far a backend is compared, on standard error: a bar on a terminal, elsewhere a line every 10 s. */
class ProgressBar {
  private bar: SingleBar | undefined;

  begin({ details, listsInOrder }: StorageBackend, expectedObjects: number): void {
    this.end();
    this.bar = new SingleBar({
      format: `${details.label ?? details.id} {bar} {value} of about {total}  {duration_formatted}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: true,
      notTTYSchedule: LINE_EVERY_MILLISECONDS,
    });
    // A backend that cannot list in order is walked twice.
    this.bar.start(listsInOrder ? expectedObjects : 2 * expectedObjects, 0);
  }

  advance(objects: number): void {
    this.bar?.increment(objects);
  }

  end(): void {
    this.bar?.stop();
  }
}

function detailOf(finding: Finding): string {
  switch (finding.kind) {
    case 'orphan':
      return `, ${finding.size_bytes} bytes of ${finding.modified}`;
    case 'dangling':
      return finding.other_instances ? ', but other instances are there' : ', and there is no other instance';
    case 'size-mismatch':
      return `, ${finding.size_bytes} bytes instead of ${finding.indexed_bytes}`;
  }
}

function lineOn(report: BackendReport): string {
  const name = report.label ?? report.storage_id;
  const found =
    `${report.objects} objects (${report.bytes} bytes), ${report.orphans} orphans (${report.orphan_bytes} bytes), ` +
    `${report.dangling} dangling, ${report.size_mismatches} of another size, ${report.repaired} repaired`;
  return report.problem === undefined
    ? `${name}: ${found}`
    : `${name}: NOT COMPARED: ${report.problem} (so far: ${found})`;
}
