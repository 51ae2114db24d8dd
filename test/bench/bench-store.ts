import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { videoFlow } from '../support/flow-fixtures';
import { LIST_TAG } from './floor-setup';

/** Length of a segment, in seconds. */
export const SEGMENT_SECONDS = 1;

/** A Flow of the benchmark and how far its timeline is filled. */
export interface BenchFlow {
  readonly id: string;
  /** Where the next segment goes, in seconds. */
  nextSecond: number;
}

/** A segment as clients post it. */
export interface PostedSegment {
  readonly object_id: string;
  readonly timerange: string;
}

/** Fills a store through its API, and its database directly where only the result matters. */
export class BenchStore {
  private constructor(
    private readonly origin: string,
    private readonly database: Client,
    readonly storageId: string,
    readonly storageLabel: string,
  ) {}

  static async connect(origin: string, databaseUrl: string): Promise<BenchStore> {
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    const answer = await fetch(`${origin}/service/storage-backends`);
    const [backend] = (await answer.json()) as { id: string; label: string }[];
    if (!backend) throw new Error('The server has no storage backend.');
    return new BenchStore(origin, database, backend.id, backend.label);
  }

  async createFlows(count: number, tags: Readonly<Record<string, string>> = {}): Promise<BenchFlow[]> {
    const flows: BenchFlow[] = [];
    for (let index = 0; index < count; index += 1) {
      const flow = videoFlow({ label: `Camera ${index}`, tags: { channel: `channel-${index % 50}`, ...tags } });
      await this.send('PUT', `/flows/${flow.id}`, flow);
      flows.push({ id: flow.id, nextSecond: 0 });
    }
    return flows;
  }

  /** Flows of which `tagged` carry the tag that the listing asks for. */
  async createListedFlows(count: number, tagged: number): Promise<void> {
    await this.createFlows(count - tagged, { [LIST_TAG.name]: 'sport' });
    await this.createFlows(tagged, { [LIST_TAG.name]: LIST_TAG.value });
  }

  /** Fills a Flow through the API, as a client would: allocate, then register in batches. */
  async fill(flow: BenchFlow, segments: number, segmentSeconds = SEGMENT_SECONDS): Promise<void> {
    for (let left = segments; left > 0; left -= 1000) {
      const limit = Math.min(left, 1000);
      const answer = await this.send('POST', `/flows/${flow.id}/storage`, { limit });
      const { media_objects: objects } = (await answer.json()) as { media_objects: { object_id: string }[] };
      const ids = objects.map((object) => object.object_id);
      await this.send('POST', `/flows/${flow.id}/segments`, segmentsAt(flow, ids, segmentSeconds), 201);
    }
  }

  /** Allocates objects for a Flow without asking the server, so that only registration is measured. @returns their ids */
  async allocate(flowId: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await this.database.query(
      `WITH allocated AS (
         INSERT INTO objects (id, allocated_for_flow, content_type) SELECT id, $2, 'video/mp2t' FROM unnest($1::text[]) id RETURNING id)
       INSERT INTO object_instances (object_id, storage_id) SELECT id, $3 FROM allocated`,
      [ids, flowId, this.storageId],
    );
    return ids;
  }

  /** What the database itself says. */
  async rows<Result extends object>(text: string): Promise<Result[]> {
    return (await this.database.query<Result>(text)).rows;
  }

  /** Settles what loading left behind, as autovacuum does in time: statistics, and dirty pages on the disk. */
  async settle(): Promise<void> {
    await this.database.query('VACUUM ANALYZE segments, objects, object_instances, flows, flow_tags');
  }

  async close(): Promise<void> {
    await this.database.end();
  }

  private async send(method: string, path: string, body: unknown, status?: number): Promise<Response> {
    const answer = await fetch(this.origin + path, {
      method,
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
    if (!answer.ok || (status !== undefined && answer.status !== status)) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    }
    return answer;
  }
}

/** Places objects one after the other at the end of a Flow. */
export function segmentsAt(
  flow: BenchFlow,
  objectIds: readonly string[],
  segmentSeconds = SEGMENT_SECONDS,
): PostedSegment[] {
  return objectIds.map((object_id) => {
    const start = flow.nextSecond;
    flow.nextSecond += segmentSeconds;
    return { object_id, timerange: `[${start}:0_${flow.nextSecond}:0)` };
  });
}

/** Makes a Flow with this many segments of one second each. @returns its id */
export async function filledFlow(origin: string, databaseUrl: string, segments: number): Promise<string> {
  const store = await BenchStore.connect(origin, databaseUrl);
  try {
    const [flow] = await store.createFlows(1);
    if (!flow) throw new Error('No Flow was made.');
    await store.fill(flow, segments);
    await store.settle();
    return flow.id;
  } finally {
    await store.close();
  }
}
