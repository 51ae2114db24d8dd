import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { segmentsAt, type BenchFlow } from './bench-store';

/** A process of its own whose clients allocate objects, upload them where they are told to, and register them, one by one. */

/** What is to be written. */
export interface Writing {
  readonly origin: string;
  readonly flowIds: readonly string[];
  /** Segments a second, all Flows together. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Size of each object. */
  readonly bytes: number;
}

/** What came of it. */
export interface Written {
  readonly registered: number;
  readonly failures: number;
  /** From the first to the last. */
  readonly seconds: number;
}

/** Clients that write at the same time; each has its share of the Flows. */
const WRITERS = 20;
/** Objects that one request allocates. */
const ALLOCATED = 100;

interface Allocated {
  readonly object_id: string;
  readonly put_url: { readonly url: string; readonly 'content-type'?: string };
}

class Writers {
  private readonly pools = new Map<string, Pool>();
  private readonly started = performance.now();
  private next = 0;
  private registered = 0;
  private failures = 0;

  constructor(private readonly writing: Writing) {}

  async run(): Promise<Written> {
    const flows = this.writing.flowIds.map((id): BenchFlow => ({ id, nextSecond: 0 }));
    await Promise.all(
      Array.from({ length: Math.min(WRITERS, flows.length) }, (_, index) =>
        this.write(flows.filter((_flow, place) => place % WRITERS === index)),
      ),
    );
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    const { registered, failures } = this;
    return { registered, failures, seconds: (performance.now() - this.started) / 1000 };
  }

  /** Writes the next segment that is due, again and again, to its own Flows in turn. */
  private async write(flows: readonly BenchFlow[]): Promise<void> {
    const ready = new Map<BenchFlow, Allocated[]>();
    for (let turn = 0; ; turn += 1) {
      const due = (this.next++ * 1000) / this.writing.perSecond;
      const flow = flows[turn % flows.length];
      if (!flow || Math.max(due, performance.now() - this.started) >= this.writing.seconds * 1000) return;
      await delay(Math.max(0, this.started + due - performance.now()));
      try {
        const objects = ready.get(flow)?.length ? (ready.get(flow) ?? []) : await this.allocate(flow);
        ready.set(flow, objects);
        const object = objects.shift();
        if (!object) throw new Error('Nothing was allocated.');
        await this.upload(object);
        const [segment] = segmentsAt(flow, [object.object_id]);
        await this.post(`/flows/${flow.id}/segments`, segment);
        this.registered += 1;
      } catch (error) {
        this.failures += 1;
        if (this.failures === 1) console.error(error);
      }
    }
  }

  private async allocate({ id }: BenchFlow): Promise<Allocated[]> {
    const text = await this.post(`/flows/${id}/storage`, { limit: ALLOCATED });
    return (JSON.parse(text) as { media_objects: Allocated[] }).media_objects;
  }

  private upload({ put_url: { url, 'content-type': type } }: Allocated): Promise<string> {
    const headers = type === undefined ? {} : { 'content-type': type };
    return this.send(new URL(url), 'PUT', Buffer.alloc(this.writing.bytes), headers);
  }

  private post(path: string, body: unknown): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    return this.send(new URL(path, this.writing.origin), 'POST', JSON.stringify(body), headers);
  }

  private async send(
    { origin, pathname, search }: URL,
    method: 'POST' | 'PUT',
    body: string | Buffer,
    headers: Record<string, string>,
  ): Promise<string> {
    let pool = this.pools.get(origin);
    if (!pool) this.pools.set(origin, (pool = new Pool(origin, { connections: WRITERS })));
    const answer = await pool.request({ method, path: pathname + search, body, headers });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${pathname}: ${answer.statusCode} ${text}`);
    return text;
  }
}

process.on('message', (writing: Writing) => {
  void new Writers(writing).run().then((written) => process.send?.(written));
});
process.on('disconnect', () => process.exit(0));
