import type { TamsClient } from '../../contract/tams-client';
import { expectEveryEvent, NumberedChanges } from '../../events/numbered-changes';
import { eventually } from '../../support/eventually';
import { WebhookReceiver } from '../../support/webhook-receiver';
import { StreamFollower } from './stream-follower';

const FLOWS = 3;
/** Changes of each Flow that are made at a time. */
const CHANGES = 5;

/** Changes that count up, made through the balancer until they are stopped, and two who are told: a webhook and an event stream. */
export class ChangesFollowed {
  private stopping = false;
  private making: Promise<void> | undefined;

  private constructor(
    private readonly client: TamsClient,
    private readonly changes: NumberedChanges,
    private readonly webhookId: string,
    private readonly receiver: WebhookReceiver,
    private readonly follower: StreamFollower,
  ) {}

  /**
   * @param client of the balancer
   * @param url of the balancer
   * @param retried statuses after which a change is asked for again
   */
  static async begin(client: TamsClient, url: string, retried: readonly number[]): Promise<ChangesFollowed> {
    const changes = await NumberedChanges.on(client, url, FLOWS, retried);
    const receiver = await WebhookReceiver.start();
    const webhookId = await changes.listener(client, receiver.url);
    const follower = new StreamFollower(url, { flow_ids: changes.flowIds.join(','), events: 'flows/updated' });
    await follower.start();
    const followed = new ChangesFollowed(client, changes, webhookId, receiver, follower);
    followed.making = followed.make();
    followed.making.catch(() => undefined);
    return followed;
  }

  /** Ends the changes, and compares what both were told with what was changed. @returns in words how much it was */
  async expectAllTold(): Promise<string> {
    this.stopping = true;
    await this.making;
    const last = this.changes.perFlow - 1;
    const missing = () => this.changes.flowIds.filter((id) => !this.labels(id).includes(last));
    await eventually(missing, (ids) => ids.length === 0, {
      what: `the stream tells of change ${last} of each Flow`,
      atMost: 120_000,
    });
    // A stream that was opened again is now and then told something twice (docs/events.md).
    for (const id of this.changes.flowIds) this.changes.expectMade(id, [...new Set(this.labels(id))]);
    await this.receiver.accepts(FLOWS * this.changes.perFlow, 60_000);
    await expectEveryEvent(this.client, this.webhookId, this.receiver, this.changes);
    const again = this.receiver.accepted.length - this.receiver.acceptedIds.length;
    return `${this.receiver.acceptedIds.length} events to a webhook (${again} twice) and a stream (opened again ${this.follower.reopened} times)`;
  }

  async close(): Promise<void> {
    this.stopping = true;
    await this.making?.catch(() => undefined);
    await this.follower.stop();
    await this.receiver.stop();
  }

  private async make(): Promise<void> {
    while (!this.stopping) await this.changes.make(CHANGES);
  }

  private labels(flowId: string): number[] {
    const flows = this.follower.heard.map(
      ({ data }) => (data['event'] as { flow: { id: string; label: string } }).flow,
    );
    return flows.filter(({ id }) => id === flowId).map(({ label }) => Number(label));
  }
}
