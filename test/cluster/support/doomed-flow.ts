import { randomUUID } from 'node:crypto';
import { listen } from '../../events/webhook-fixtures';
import type { TamsClient } from '../../contract/tams-client';
import { eventually } from '../../support/eventually';
import { videoFlow } from '../../support/flow-fixtures';
import { idOf, WebhookReceiver } from '../../support/webhook-receiver';

/** More than one request deletes, so that a job must go on with it. */
const SEGMENTS = 3000;

/** A Flow whose deletion is a job, and a receiver of what is told of it: which says whether any of it was done twice. */
export class DoomedFlow {
  private constructor(
    private readonly client: TamsClient,
    private readonly flowId: string,
    private readonly receiver: WebhookReceiver,
  ) {}

  /** Makes it and has its deletion begin. */
  static async delete(client: TamsClient): Promise<DoomedFlow> {
    const flow = videoFlow();
    expect((await client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    for (let first = 0; first < SEGMENTS; first += 1000) {
      const posts = Array.from({ length: 1000 }, (_, index) => ({
        object_id: randomUUID(),
        timerange: `[${first + index}:0_${first + index + 1}:0)`,
        get_urls: [{ label: 'origin', url: 'https://media.example.com/x.ts' }],
      }));
      expect((await client.post(`/flows/${flow.id}/segments`, posts)).status).toBe(201);
    }
    const receiver = await WebhookReceiver.start();
    await listen(client, receiver.url, { events: ['flows/segments_deleted', 'flows/deleted'], flow_ids: [flow.id] });
    expect((await client.delete(`/flows/${flow.id}`)).status).toBe(202);
    return new DoomedFlow(client, flow.id, receiver);
  }

  /** Waits until it is gone, and compares what was told: each second deleted once, the Flow once. */
  async expectOnce(): Promise<void> {
    const read = () => this.client.get(`/flows/${this.flowId}`);
    // A job that its process left is found after a while only.
    await eventually(read, ({ status }) => status === 404, { what: 'the deletion ends', atMost: 120_000 });
    const told = () => this.receiver.accepted.filter(({ body }) => body.event_type === 'flows/deleted').length > 0;
    await this.receiver.until(told, 'the receiver is told that the Flow is gone', 60_000);
    const messages = new Map(this.receiver.accepted.map((message) => [idOf(message), message.body]));
    const bodies = [...messages.values()];
    expect(bodies.filter(({ event_type }) => event_type === 'flows/deleted')).toHaveLength(1);
    const ranges = bodies
      .filter(({ event_type }) => event_type === 'flows/segments_deleted')
      .map(({ event }) => /^\[(\d+):0_(\d+):0\)$/.exec(String(event['timerange']))!.slice(1).map(Number))
      .toSorted(([a = 0], [b = 0]) => a - b);
    const ends = ranges.map(([, end]) => end);
    expect(ranges.map(([start]) => start)).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(SEGMENTS);
  }

  close(): Promise<void> {
    return this.receiver.stop();
  }
}
