import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readMediaPlaylist } from '../../playback/support/hls';
import { videoFlow } from '../../support/flow-fixtures';
import type { Answers } from '../../faults/support/ingester';

/** Pause between two Segments, and between two looks, in milliseconds. */
const SEGMENT_MS = 200;
const LOOK_MS = 100;
/** Longest a fault, and what it takes to recover from it, may keep a request from being done, in milliseconds. */
const LONGEST_OUTAGE_MS = 120_000;

/** A Flow that grows, and a player that watches it: what it was told once holds for good. */
export class LiveViewer {
  private readonly flow = videoFlow({ status: 'ingesting' });
  /** Entries by their numbers, as they were told first. */
  private readonly told = new Map<number, string>();
  private last = -1;
  private looks = 0;
  /** What no player should have seen. */
  readonly broken: string[] = [];
  private stopping = false;
  private work: Promise<unknown> | undefined;

  constructor(
    readonly url: string,
    private readonly answers: Answers,
  ) {}

  async start(): Promise<void> {
    await this.insist('PUT', `/flows/${this.flow.id}`, this.flow);
    await this.record(0);
    await this.look();
    this.work = Promise.all([this.recordOn(), this.lookOn()]);
    // What it fails of is told by stop().
    this.work.catch(() => undefined);
  }

  /** Ends once the last Segment was told. @returns how many entries and looks there were */
  async stop(): Promise<{ readonly entries: number; readonly looks: number }> {
    this.stopping = true;
    await this.work;
    return { entries: this.last + 1, looks: this.looks };
  }

  private async recordOn(): Promise<void> {
    for (let second = 1; !this.stopping; second += 1) {
      await this.record(second);
      await delay(SEGMENT_MS);
    }
  }

  private async lookOn(): Promise<void> {
    while (!this.stopping) {
      // A look that fails is repeated, as players do; what it says is what counts.
      await this.look().catch(() => undefined);
      await delay(LOOK_MS);
    }
    await this.look();
  }

  private record(second: number): Promise<void> {
    const get_urls = [{ label: 'origin', url: `https://media.example.com/${second}.ts` }];
    return this.insist('POST', `/flows/${this.flow.id}/segments`, {
      object_id: randomUUID(),
      timerange: `[${second}:0_${second + 1}:0)`,
      get_urls,
    });
  }

  private async look(): Promise<void> {
    const { parsed } = await readMediaPlaylist(this, `/flows/${this.flow.id}/output.m3u8`);
    const first = parsed.mediaSequenceBase ?? 0;
    for (const [index, segment] of parsed.segments.entries()) {
      const entry = segment.gap ? 'gap' : segment.uri;
      const before = this.told.get(first + index);
      if (before !== undefined && before !== entry) this.broken.push(`${first + index} was ${before}, is ${entry}`);
      this.told.set(first + index, entry);
      if (entry === 'gap') this.broken.push(`${first + index} is a gap`);
    }
    const last = first + parsed.segments.length - 1;
    if (last < this.last) this.broken.push(`the playlist went back from ${this.last} to ${last}`);
    this.last = last;
    this.looks += 1;
  }

  /**
   * Sends until it is done; a Segment that is sent again may be there already.
   * @throws {Error} with the last answer, when it was not done within {@link LONGEST_OUTAGE_MS}
   */
  private async insist(method: string, path: string, body: unknown): Promise<void> {
    for (const deadline = Date.now() + LONGEST_OUTAGE_MS; ;) {
      const { status, body: text } = await this.answers.send(method, this.url + path, body);
      if (status >= 200 && status < 300) return;
      if (text.includes('segment-exists')) return;
      if (!this.answers.retried.includes(status) || Date.now() > deadline)
        throw new Error(`${method} ${path} -> ${status} ${text}`);
      await delay(LOOK_MS);
    }
  }
}
