import { setTimeout as delay } from 'node:timers/promises';
import type { TamsClient } from '../contract/tams-client';
import { videoFlow } from '../support/flow-fixtures';
import { idOf, type ReceivedMessage, type WebhookReceiver } from '../support/webhook-receiver';
import { deliveries, listen } from './webhook-fixtures';

/** How long a server that was killed may take to answer again. */
const PATIENCE_MS = 60_000;

/** Flows whose labels count up, each changed by a writer of its own, so that every event says which change it tells of. */
export class NumberedChanges {
  /** Changes that were asked for again, because the server died before it answered: it may have made them. */
  readonly repeated: string[] = [];
  /** Changes of each Flow so far, those that are being made among them. */
  perFlow = 0;

  private constructor(
    private readonly url: string,
    readonly flowIds: readonly string[],
    private readonly retried: readonly number[],
  ) {}

  /** @param retried statuses after which a change is asked for again, beside lost connections */
  static async on(
    client: TamsClient,
    url: string,
    flows: number,
    retried: readonly number[] = [],
  ): Promise<NumberedChanges> {
    const ids: string[] = [];
    for (let count = 0; count < flows; count += 1) {
      const flow = videoFlow();
      expect((await client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
      ids.push(flow.id);
    }
    return new NumberedChanges(url, ids, retried);
  }

  /** Registers a webhook that hears of every change, and of nothing else. @returns its id */
  async listener(client: TamsClient, url: string): Promise<string> {
    return (await listen(client, url, { events: ['flows/updated'], flow_ids: this.flowIds })).id;
  }

  /** Makes so many more changes of each Flow, all Flows at the same time. */
  async make(count: number): Promise<void> {
    const first = this.perFlow;
    this.perFlow += count;
    await Promise.all(
      this.flowIds.map(async (id) => {
        for (let number = first; number < first + count; number += 1) await this.change(id, number);
      }),
    );
  }

  /** Compares the labels of a Flow, in the order they were told, with its changes. */
  expectMade(flowId: string, labels: readonly number[]): void {
    const isFirst = (label: number, index: number): boolean => labels.indexOf(label) === index;
    expect(labels.filter(isFirst)).toEqual(Array.from({ length: this.perFlow }, (_, index) => index));
    // A change that was asked for twice may have been made twice: the lost one later, by a server that was away meanwhile.
    const twice = labels.filter((label, index) => !isFirst(label, index)).map((label) => `${flowId} ${label}`);
    expect(this.repeated).toEqual(expect.arrayContaining(twice));
  }

  private async change(flowId: string, number: number): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const answer = await fetch(`${this.url}/flows/${flowId}/label`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(String(number)),
      }).catch(() => undefined);
      if (answer?.status === 204) return;
      if ((answer && !this.retried.includes(answer.status)) || Date.now() > deadline)
        throw new Error(`The change was answered by ${answer?.status}`);
      this.repeated.push(`${flowId} ${number}`);
      await delay(50);
    }
  }
}

/**
 * Compares, event by event, what a receiver took with the history of its webhook and with the changes that were made: nothing
 * is missing, nothing is false, and the events of each Flow first arrived in the order of its changes.
 */
export async function expectEveryEvent(
  client: TamsClient,
  webhookId: string,
  receiver: WebhookReceiver,
  changes: NumberedChanges,
): Promise<void> {
  const history = await settledHistory(client, webhookId);
  const arrived = firstArrivals(receiver.accepted);
  expect(arrived).toHaveLength(history.length);
  for (const flowId of changes.flowIds) {
    const owed = history.filter(({ flow_id }) => flow_id === flowId);
    const messages = arrived.filter(({ body }) => flowOf(body).id === flowId);
    expect(messages.map(idOf)).toEqual(owed.map(({ id }) => id));
    const labels = messages.map(({ body }) => Number(flowOf(body).label));
    changes.expectMade(flowId, labels);
  }
}

/** The history, oldest first, once it says of everything that it has arrived. */
async function settledHistory(
  client: TamsClient,
  webhookId: string,
): Promise<readonly { readonly id: string; readonly flow_id?: string }[]> {
  for (const deadline = Date.now() + 20_000; ;) {
    const history = await deliveries(client, webhookId);
    const unsettled = history.filter(({ state, history: attempts }) => {
      const code = attempts.at(-1)?.status_code ?? 0;
      return state !== 'delivered' || code < 200 || code > 299;
    });
    if (unsettled.length === 0) return history;
    if (Date.now() > deadline) throw new Error(`Not delivered: ${JSON.stringify(unsettled.slice(0, 3))}`);
  }
}

/** Accepted messages without those that had come before. */
export function firstArrivals(messages: readonly ReceivedMessage[]): ReceivedMessage[] {
  const seen = new Set<string>();
  return messages.filter((message) => !seen.has(idOf(message)) && seen.add(idOf(message)));
}

const flowOf = (body: ReceivedMessage['body']): { id: string; label: string } =>
  body.event['flow'] as { id: string; label: string };
