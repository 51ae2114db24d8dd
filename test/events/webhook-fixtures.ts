import type { TamsClient } from '../contract/tams-client';

/** Everything a webhook can be told of. */
export const everyEvent = [
  'flows/created',
  'flows/updated',
  'flows/deleted',
  'flows/segments_added',
  'flows/segments_deleted',
  'sources/created',
  'sources/updated',
  'sources/deleted',
] as const;

/** A webhook as it is read. */
export interface ReadWebhook extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly type: string; readonly summary: string };
}

/** One delivery of a webhook's history. */
export interface ReadDelivery {
  readonly id: string;
  readonly event_type: string;
  readonly state: string;
  readonly attempts: number;
  readonly history: readonly {
    readonly status_code?: number;
    readonly error?: string;
    readonly duration_ms: number;
  }[];
}

/** Registers a webhook. @returns it, once it is started */
export async function listen(
  client: TamsClient,
  url: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<ReadWebhook> {
  const answer = await client.post<ReadWebhook>('/service/webhooks', { url, events: everyEvent, ...changes });
  if (answer.status !== 201) throw new Error(`The webhook was refused: ${JSON.stringify(answer.body)}`);
  return changes['status'] === 'disabled' ? answer.body : reaching(client, answer.body.id, 'started');
}

/** Reads a webhook until it has the status. */
export async function reaching(client: TamsClient, id: string, status: string): Promise<ReadWebhook> {
  for (const deadline = Date.now() + 20_000; ;) {
    const { body } = await client.get<ReadWebhook>(`/service/webhooks/${id}`);
    if (body.status === status) return body;
    if (Date.now() > deadline) throw new Error(`Webhook ${id} stays ${body.status}, not ${status}`);
  }
}

/** Replaces a webhook by itself with changes; `created` unless said otherwise. */
export async function replace(
  client: TamsClient,
  webhook: ReadWebhook,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const body = { ...webhook, error: undefined, status: 'created', ...changes };
  const answer = await client.put(`/service/webhooks/${webhook.id}`, body);
  if (answer.status !== 201) throw new Error(`The webhook was not replaced: ${JSON.stringify(answer.body)}`);
}

/** The whole history of a webhook, oldest first. */
export async function deliveries(client: TamsClient, id: string, query: object = {}): Promise<ReadDelivery[]> {
  const found: ReadDelivery[] = [];
  for (let page: string | undefined; ;) {
    const answer = await client.get<ReadDelivery[]>(`/service/webhooks/${id}/deliveries`, {
      query: { limit: 1000, reverse_order: true, ...query, page },
    });
    if (answer.status !== 200) throw new Error(`No history: ${JSON.stringify(answer.body)}`);
    found.push(...answer.body);
    page = answer.headers.get('x-paging-nextkey') ?? undefined;
    if (page === undefined) return found;
  }
}
