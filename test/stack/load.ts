import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';

interface StorageAnswer {
  readonly media_objects: readonly {
    readonly object_id: string;
    readonly put_url: { readonly url: string; readonly 'content-type'?: string };
  }[];
}

const NANOSECONDS = 1_000_000_000n;
const SEGMENT = 2n * NANOSECONDS;
/** A pause between two rounds: load for figures, not for records. */
const PAUSE_MS = 250;
/** One more segment than the server deletes while its client waits (MAXIMUM_IMMEDIATE of libs/segments). */
const TOO_MANY_TO_DELETE_AT_ONCE = 1001;
/** Rounds between two deletions that become background jobs. */
const ROUNDS_PER_DELETION = 20;

/** What the load does beside ingesting and reading. */
export interface LoadOptions {
  /** Whether requests for profiles are expected to meet a fault of the server. */
  readonly faults: boolean;
  /** Where webhooks are sent. */
  readonly webhooks?: readonly string[];
}

/**
 * Clients of all kinds at once: live ingest, readers, deletions that become jobs, webhooks, mistakes, and requests that
 * meet a fault of the server.
 */
export class MixedLoad {
  private readonly stopping = new AbortController();
  private readonly flows = [videoFlow(), audioFlow()].map((flow) => ({ ...flow, status: 'ingesting' }));
  private edge = BigInt(Date.now()) * 1_000_000n - 60n * SEGMENT;
  private running: Promise<void> | undefined;
  private lastObject = '';
  /** What ended the load before stop() did. */
  failure: unknown;

  constructor(
    private readonly url: string,
    private readonly options: LoadOptions,
  ) {}

  /** Makes the flows, one of which says it is live and never gets a segment, and begins. */
  async start(): Promise<void> {
    const stalled = { ...videoFlow(), status: 'ingesting' };
    const collection = this.flows.map((flow, index) => ({ id: flow.id, role: `part-${index}` }));
    for (const flow of [...this.flows, stalled, multiFlow(collection)]) {
      await expectStatus(await this.send('PUT', `/flows/${flow.id}`, flow), 201);
    }
    for (const url of this.options.webhooks ?? []) {
      const webhook = { url, events: ['flows/created', 'flows/deleted', 'flows/segments_added'] };
      await expectStatus(await this.send('POST', '/service/webhooks', webhook), 201);
    }
    this.running = this.run();
    // Reported by stop() too; without this, a failure before that would end the test run.
    this.running.catch((error: unknown) => (this.failure = error));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let round = 0; !this.stopping.signal.aborted; round += 1) {
      for (const flow of this.flows) await this.ingest(flow.id);
      if (round % ROUNDS_PER_DELETION === 0) await this.deleteLongFlow();
      this.edge += SEGMENT;
      await Promise.all([this.read(), this.mistakes(), this.options.faults ? this.faults() : undefined]);
      await delay(PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async ingest(flowId: string): Promise<void> {
    const objectId = await this.upload(flowId);
    const timerange = `[${timestamp(this.edge)}_${timestamp(this.edge + SEGMENT)})`;
    const segment = { object_id: objectId, timerange };
    await expectStatus(await this.send('POST', `/flows/${flowId}/segments`, segment), 201);
    this.lastObject = objectId;
  }

  /** Makes a flow with many segments and deletes it: the server answers 202 and does it in the background. */
  private async deleteLongFlow(): Promise<void> {
    const flow = videoFlow();
    await expectStatus(await this.send('PUT', `/flows/${flow.id}`, flow), 201);
    const objectId = await this.upload(flow.id);
    const segments = Array.from({ length: TOO_MANY_TO_DELETE_AT_ONCE }, (_, index) => ({
      object_id: objectId,
      timerange: `[${index}:0_${index + 1}:0)`,
      ts_offset: `${index}:0`,
    }));
    await expectStatus(await this.send('POST', `/flows/${flow.id}/segments`, segments), 201);
    await expectStatus(await this.send('DELETE', `/flows/${flow.id}`), 202);
  }

  /** @returns the id of a new object with bytes in it */
  private async upload(flowId: string): Promise<string> {
    const answer = await this.send('POST', `/flows/${flowId}/storage`, { limit: 2 });
    const { media_objects: objects } = (await answer.json()) as StorageAnswer;
    const [object] = objects;
    if (!object) throw new Error('No object was allocated.');
    await fetch(object.put_url.url, {
      method: 'PUT',
      body: Buffer.alloc(4096, 1),
      headers: { 'content-type': object.put_url['content-type'] ?? 'application/octet-stream' },
    });
    return object.object_id;
  }

  private async read(): Promise<void> {
    const flow = this.flows[0];
    if (!flow) return;
    const listed = await this.send('GET', `/flows/${flow.id}/segments?limit=3&reverse_order=true`);
    const [segment] = (await listed.json()) as { get_urls: { url: string }[] }[];
    await Promise.all([
      segment?.get_urls[0] && fetch(segment.get_urls[0].url).then((response) => response.arrayBuffer()),
      ...['/', '/service', '/flows?limit=5', '/sources?limit=5', `/flows/${flow.id}`, `/sources/${flow.source_id}`].map(
        (path) => this.send('GET', path),
      ),
      this.send('GET', `/objects/${encodeURIComponent(this.lastObject)}`),
      this.send('PUT', `/flows/${flow.id}/label`, `label ${Date.now()}`),
      this.send('HEAD', `/flows/${flow.id}`),
      this.send('GET', '/health'),
      this.send('GET', `/flows/${flow.id}/output.m3u8?type=live`),
    ]);
  }

  /** What clients get wrong: each is answered 4xx. */
  private async mistakes(): Promise<void> {
    const flow = this.flows[0];
    const overlapping = { object_id: this.lastObject, timerange: `[0:0_${timestamp(this.edge)})` };
    await Promise.all([
      this.send('GET', `/flows/${randomUUID()}`),
      this.send('GET', '/nowhere/to/be/found'),
      this.send('GET', '/flows?limit=many'),
      this.send('DELETE', '/service'),
      this.send('POST', `/flows/${flow?.id ?? ''}/segments`, overlapping),
      this.send('PUT', `/flows/${randomUUID()}`, { format: 'nonsense' }),
      this.leave(),
    ]);
  }

  /** Sends a request and closes the connection before it is answered. */
  private async leave(): Promise<void> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    await new Promise((sent) => socket.write(`GET /flows?limit=100 HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`, sent));
    socket.destroy();
  }

  /** A table of the store is missing (see the stack): an error of ours, 5xx. */
  private async faults(): Promise<void> {
    await expectStatus(await this.send('GET', '/service/profiles'), 500);
    await expectStatus(await this.send('GET', '/service/profiles'), 500);
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    // Read now, so that the connection is free for the next request.
    const bytes = await response.arrayBuffer();
    const empty = method === 'HEAD' || [204, 304].includes(response.status);
    return new Response(empty ? null : bytes, { status: response.status, headers: response.headers });
  }
}

function timestamp(nanoseconds: bigint): string {
  return `${nanoseconds / NANOSECONDS}:${nanoseconds % NANOSECONDS}`;
}

async function expectStatus(response: Response, status: number): Promise<void> {
  if (response.status !== status)
    throw new Error(`Expected ${status}, got ${response.status}: ${(await response.text()).slice(0, 500)}`);
}
