import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Answer, type ClassRight, Database, decodeCursor, encodeCursor, Page, ValidationError } from '@tams/platform';
import { z } from 'zod';
import { DeliveryDispatcher } from '../delivery/delivery-dispatcher';
import { QueueRepository } from '../delivery/queue.repository';
import { WebhookNotFoundError } from '../webhook.errors';
import { WebhookRepository } from '../webhook.repository';
import { DeliveryNotFoundError, DeliveryNotWaitingError } from './delivery.errors';
import { DeliveryRepository, type DeliveryRow } from './delivery.repository';
import type { Delivery, DeliveryListQuery, Replayed } from './delivery.schema';

const cursor = z.object({ after: z.string().regex(/^\d{1,18}$/), reverse: z.boolean() });

/** What operators see and do about deliveries: look (whoever may read the webhook), send again, give up (whoever may write it). */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly queues: QueueRepository,
    private readonly webhooks: WebhookRepository,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly classes: ClassAccess,
  ) {}

  /** One page of a webhook's history, latest events first. @throws {WebhookNotFoundError} */
  async list(webhookId: string, query: DeliveryListQuery): Promise<Page<Delivery>> {
    await this.requireWebhook(webhookId, 'read');
    const rows = await this.deliveries.list(this.database, webhookId, {
      state: query.state,
      oldestFirst: query.reverse_order,
      after: positionIn(query),
      count: query.limit + 1,
      readable: this.classes.readable,
    });
    const shown = rows.slice(0, query.limit);
    const last = rows.length > shown.length ? shown.at(-1) : undefined;
    return Page.of(shown.map(present), {
      limit: query.limit,
      nextKey: last && encodeCursor({ after: last.sequence, reverse: query.reverse_order }),
      reverseOrder: query.reverse_order,
    });
  }

  /** @throws {WebhookNotFoundError} {@link DeliveryNotFoundError} */
  async get(webhookId: string, deliveryId: string): Promise<Delivery> {
    await this.requireWebhook(webhookId, 'read');
    return present(await this.find(webhookId, deliveryId));
  }

  /** Sends one event again, before everything younger that still waits. */
  async replay(webhookId: string, deliveryId: string): Promise<Answer<Delivery>> {
    await this.requireWebhook(webhookId, 'write');
    const { sequence } = await this.find(webhookId, deliveryId);
    await this.deliveries.replayOne(this.database, webhookId, sequence);
    this.dispatcher.wake();
    const location = `/service/webhooks/${webhookId}/deliveries/${deliveryId}`;
    return Answer.accepted(present(await this.find(webhookId, deliveryId)), location);
  }

  /** Gives an event up that is still owed, so that those behind it can go on. @throws {DeliveryNotWaitingError} */
  async abandon(webhookId: string, deliveryId: string): Promise<void> {
    await this.requireWebhook(webhookId, 'write');
    const { sequence, state } = await this.find(webhookId, deliveryId);
    if (state !== 'waiting') throw new DeliveryNotWaitingError(deliveryId);
    await this.queues.giveUp(this.database, webhookId, sequence);
  }

  /** Sends everything since a time again, in order. */
  async replaySince(webhookId: string, since: string): Promise<Answer<Replayed>> {
    await this.requireWebhook(webhookId, 'write');
    const count = await this.deliveries.replay(this.database, webhookId, since, this.classes.readable);
    this.dispatcher.wake();
    return Answer.accepted({ replayed: count }, `/service/webhooks/${webhookId}/deliveries?state=waiting`);
  }

  private async find(webhookId: string, deliveryId: string): Promise<DeliveryRow> {
    const row = await this.deliveries.find(this.database, webhookId, deliveryId, this.classes.readable);
    if (!row) throw new DeliveryNotFoundError(deliveryId);
    return row;
  }

  private async requireWebhook(webhookId: string, right: ClassRight): Promise<void> {
    const webhook = await this.webhooks.find(this.database, webhookId);
    if (!webhook) throw new WebhookNotFoundError(webhookId);
    this.classes.require(right, webhook.tags, () => new WebhookNotFoundError(webhookId));
  }
}

function positionIn({ page, reverse_order }: DeliveryListQuery): string | undefined {
  if (page === undefined) return undefined;
  const { after, reverse } = decodeCursor(page, cursor);
  if (reverse === reverse_order) return after;
  throw new ValidationError([
    { path: 'query.page', message: 'belongs to the other order; start again without `page`' },
  ]);
}

function present(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    event_type: row.type,
    event_timestamp: row.occurred,
    ...(row.flow_id !== null && { flow_id: row.flow_id }),
    source_id: row.source_id,
    state: row.state,
    attempts: row.attempts,
    ...(row.delivered !== null && { delivered: row.delivered }),
    history: row.history,
  };
}
