import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';
import { type LoadPlan, type LoadRequest, type LoadResult, type LoadRound, quantile } from './load-plan';

/**
 * A process of its own that sends the load. It speaks HTTP/1.1 through undici's dispatcher, without the promises and
 * streams of `fetch`, so that it takes as little as possible of the cores it shares with the server it measures.
 */

/** What came of one request. */
interface Outcome {
  readonly status: number;
  readonly bytes: number;
  /** Beginning of the body, or the error. */
  readonly text: string;
}

/** Longest excerpt of a failure, in characters. */
const EXCERPT = 300;

class PlanRun {
  private readonly latencies: number[] = [];
  private readonly started = performance.now();
  private next = 0;
  private bytes = 0;
  private failures = 0;
  private firstFailure: string | undefined;

  constructor(
    private readonly origin: string,
    private readonly plan: LoadPlan,
  ) {}

  async run(): Promise<LoadResult> {
    const clients = Array.from({ length: this.plan.connections }, () => new Client(this.origin, { pipelining: 1 }));
    await Promise.all(clients.map((client) => this.drive(client)));
    const seconds = (performance.now() - this.started) / 1000;
    await Promise.all(clients.map((client) => client.close()));
    const sorted = this.latencies.sort((a, b) => a - b);
    return {
      label: this.plan.label,
      requests: sorted.length,
      failures: this.failures,
      ...(this.firstFailure !== undefined && { firstFailure: this.firstFailure }),
      seconds,
      bytes: this.bytes,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      max: quantile(sorted, 1),
      latencies: sorted,
    };
  }

  private async drive(client: Client): Promise<void> {
    const { pace, requests } = this.plan;
    for (;;) {
      const index = this.next;
      this.next += 1;
      const request = requests[index % requests.length];
      if (!request || (pace.kind === 'once' && index >= requests.length)) return;
      let due = performance.now();
      if (pace.kind === 'paced') {
        due = this.started + (index * 1000) / pace.perSecond;
        if (due >= this.started + pace.seconds * 1000) return;
        await delay(Math.max(0, due - performance.now()));
      } else if (pace.kind === 'cycle' && due >= this.started + pace.seconds * 1000) return;
      this.note(await send(client, request), performance.now() - due);
    }
  }

  private note(outcome: Outcome, latency: number): void {
    this.latencies.push(latency);
    this.bytes += outcome.bytes;
    if (outcome.status === this.plan.status) return;
    this.failures += 1;
    this.firstFailure ??= `${outcome.status} ${outcome.text}`;
  }
}

function send(client: Client, request: LoadRequest): Promise<Outcome> {
  return new Promise((resolve) => {
    let status = 0;
    let bytes = 0;
    let text = '';
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code;
      },
      onResponseData: (_controller, chunk) => {
        bytes += chunk.length;
        if (status >= 400) text ||= chunk.toString('utf8', 0, EXCERPT);
      },
      onResponseEnd: () => {
        resolve({ status, bytes, text });
      },
      onResponseError: (_controller, error) => {
        resolve({ status: 0, bytes, text: error.message });
      },
    };
    client.dispatch(
      {
        method: request.method,
        path: request.path,
        ...(request.body !== undefined && { body: request.body, headers: { 'content-type': 'application/json' } }),
      },
      handler,
    );
  });
}

process.on('message', (round: LoadRound) => {
  void Promise.all(round.plans.map((plan) => new PlanRun(round.origin, plan).run())).then((results) =>
    process.send?.(results),
  );
});
process.on('disconnect', () => process.exit(0));
