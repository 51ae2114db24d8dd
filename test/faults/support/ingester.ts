import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { videoFlow } from '../../support/flow-fixtures';
import type { Chance } from './chance';

/** Longest any request may take before it counts as hanging, in milliseconds. */
const HANG_MS = 60_000;
/** Longest a fault, and what it takes to recover from it, may keep a request from being acknowledged, in milliseconds. */
const LONGEST_OUTAGE_MS = 120_000;
/** Pause before a request is sent again, in milliseconds. */
const PAUSE_MS = 50;

/** An answer, or why there was none. */
interface Outcome {
  /** 0 when the connection was refused or broke. */
  readonly status: number;
  readonly body: string;
}

/** What requests were answered, and what about it was not clean. */
export class Answers {
  readonly byStatus = new Map<number, number>();
  readonly unclean: string[] = [];
  slowestMs = 0;

  /** @param retried statuses after which clients send again; 0 stands for a connection that was refused or broke */
  constructor(readonly retried: readonly number[] = [0, 503]) {}

  async send(method: string, url: string, body?: unknown): Promise<Outcome> {
    const start = Date.now();
    const outcome = await this.attempt(method, url, body);
    this.slowestMs = Math.max(this.slowestMs, Date.now() - start);
    this.byStatus.set(outcome.status, (this.byStatus.get(outcome.status) ?? 0) + 1);
    return outcome;
  }

  /** A server that lives never answers 500, and says with 503 when to come again; so does a balancer in front of it. */
  private async attempt(method: string, url: string, body: unknown): Promise<Outcome> {
    try {
      const response = await fetch(url, {
        method,
        signal: AbortSignal.timeout(HANG_MS),
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      const { status } = response;
      const clean = status < 500 || (this.retried.includes(status) && response.headers.has('retry-after'));
      if (!clean) this.unclean.push(`${method} ${url} -> ${status} ${text.slice(0, 300)}`);
      return { status, body: text };
    } catch (error) {
      if ((error as Error).name === 'TimeoutError')
        this.unclean.push(`${method} ${url} did not answer in ${HANG_MS} ms`);
      return { status: 0, body: '' };
    }
  }
}

interface Post {
  readonly object_id: string;
  readonly timerange: string;
  readonly get_urls: readonly { readonly label: string; readonly url: string }[];
}

/**
 * A client that registers segments one batch after the other on a Flow of its own, sends again what was not answered, and
 * remembers what was acknowledged.
 */
export class Ingester {
  readonly flow = videoFlow();
  /** Timeranges of acknowledged segments by object id. */
  readonly acknowledged = new Map<string, string>();
  /** The last acknowledged label of the Flow. */
  label: string | undefined;
  private second = 0;
  private stopping = false;
  private working: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly answers: Answers,
    private readonly chance: Chance,
  ) {}

  /** Begins to write; {@link pause} ends it. */
  start(): void {
    this.stopping = false;
    this.working = this.work();
    // What it fails of is told by pause().
    this.working.catch(() => undefined);
  }

  /**
   * Ends writing, once what was sent last is acknowledged.
   * @throws Error when a request was not acknowledged within {@link LONGEST_OUTAGE_MS}
   */
  async pause(): Promise<void> {
    this.stopping = true;
    await this.working;
  }

  /**
   * Says the label once more, after {@link pause}: a server that was away may have set an older one when it came back, which its
   * client had given up.
   */
  async labelAgain(): Promise<void> {
    if (this.label !== undefined) await this.insist('PUT', `/flows/${this.flow.id}/label`, this.label, [204]);
  }

  private async work(): Promise<void> {
    await this.insist('PUT', `/flows/${this.flow.id}`, { ...this.flow, label: this.label }, [201, 204]);
    while (!this.stopping) {
      await this.register(this.chance.one([1, 1, 5, 50]));
      if (this.chance.between(0, 4) === 0) {
        const label = `${this.second} seconds`;
        await this.insist('PUT', `/flows/${this.flow.id}/label`, label, [204]);
        this.label = label;
      }
    }
  }

  /** Registers so many seconds. An attempt whose answer was lost is all there or not at all, as the next one tells. */
  private async register(count: number): Promise<void> {
    const posts = Array.from({ length: count }, (): Post => {
      const second = this.second++;
      const url = `https://media.example.com/${second}.ts`;
      return {
        object_id: randomUUID(),
        timerange: `[${second}:0_${second + 1}:0)`,
        get_urls: [{ label: 'origin', url }],
      };
    });
    const { status, body } = await this.insist('POST', `/flows/${this.flow.id}/segments`, posts, [200, 201]);
    if (status === 200) {
      const { failed_segments: failed } = JSON.parse(body) as { failed_segments: { error: { type: string } }[] };
      const existing = failed.filter(({ error }) => error.type.endsWith('segment-exists')).length;
      if (existing !== count)
        this.answers.unclean.push(`of ${count} segments sent again ${existing} were there: ${body.slice(0, 300)}`);
    }
    for (const post of posts) this.acknowledged.set(post.object_id, post.timerange);
  }

  /** Sends until it is answered as expected; only what {@link Answers.retried} says is sent again. */
  private async insist(method: string, path: string, body: unknown, expected: readonly number[]): Promise<Outcome> {
    for (const deadline = Date.now() + LONGEST_OUTAGE_MS; ;) {
      const outcome = await this.answers.send(method, this.url + path, body);
      if (expected.includes(outcome.status)) return outcome;
      if (!this.answers.retried.includes(outcome.status)) {
        this.answers.unclean.push(`${method} ${path} -> ${outcome.status} ${outcome.body.slice(0, 300)}`);
        return outcome;
      }
      if (Date.now() > deadline)
        throw new Error(
          `${method} ${path} was not acknowledged within ${LONGEST_OUTAGE_MS} ms; at last: ${outcome.status} ${outcome.body.slice(0, 300)}`,
        );
      await delay(PAUSE_MS);
    }
  }
}
