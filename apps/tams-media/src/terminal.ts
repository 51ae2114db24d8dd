import { SingleBar } from 'cli-progress';
import { styleText } from 'node:util';
import { Failure, reasonOf } from '@tams/media';

/** Bytes as people read them: `1.1 MB` (powers of ten). */
export function readableBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A count with its noun: `1 segment`, `2 segments`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Seconds as people read them: `20 s`, `19.96 s`. */
export function readableSeconds(seconds: number): string {
  return `${String(Math.round(seconds * 1000) / 1000)} s`;
}

/** A green tick and a text. */
export function ticked(text: string): string {
  return `${styleText('green', '✔')} ${text}`;
}

/** A yellow sign and a text. */
export function warned(text: string): string {
  return `${styleText('yellow', '!')} ${text}`;
}

/** An error for a person: what failed and what to do next; the stack too where it is a defect of this program. */
export function describeError(error: unknown): string {
  const cross = styleText('red', '✖');
  if (!(error instanceof Failure)) {
    return `${cross} Unexpected error: ${Error.isError(error) ? (error.stack ?? error.message) : reasonOf(error)}`;
  }
  return [`${cross} ${error.message}`, ...(error.next ? [`  ${styleText('cyan', 'Next:')} ${error.next}`] : [])].join(
    '\n',
  );
}

/** A progress bar on standard error, where that is a terminal; silent elsewhere. */
export class ProgressBar {
  private bar: SingleBar | undefined;

  /** @param visible false keeps it silent on a terminal too */
  constructor(private readonly visible: boolean) {}

  /** Starts a bar; `bytes` shows amounts as bytes, otherwise as a count. */
  start(title: string, total: number, bytes: boolean): void {
    this.stop();
    if (!this.visible || !process.stderr.isTTY) return;
    this.bar = new SingleBar({
      format: `${title} {bar} {percentage}%  {value} of {total}  {duration_formatted}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      formatValue: (value, _options, type) => (bytes && type !== 'percentage' ? readableBytes(value) : String(value)),
    });
    this.bar.start(total, 0);
  }

  /** Moves the bar on. */
  advance(amount: number): void {
    this.bar?.increment(amount);
  }

  /** Takes the bar away, so that text can follow. */
  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
