import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Answer, Database, type Page, pageOf } from '@tams/platform';
import { DeliveryWorker } from '../sending/delivery-worker';
import { AddressPolicy } from '../target/address-policy';
import { ApiKeySeal } from './api-key-seal';
import { idMismatch, WebhookNotFoundError, WebhookStatusError, WebhookTargetRefusedError } from './webhook.errors';
import { webhookOrdering, WebhookRepository, type WebhookRow, type WebhookWrite } from './webhook.repository';
import {
  segmentPresentation,
  type SegmentPresentation,
  type Webhook,
  type WebhookListQuery,
  type WebhookPost,
  type WebhookPut,
} from './webhook.schema';

/** The rules of webhooks as clients see them. Delivery moves them from `created` to `started`, and to `error`. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookRepository,
    private readonly policy: AddressPolicy,
    private readonly keys: ApiKeySeal,
    private readonly worker: DeliveryWorker,
  ) {}

  async list(query: WebhookListQuery): Promise<Page<Webhook>> {
    return pageOf(await this.webhooks.list(this.database, query), webhookOrdering, query, present);
  }

  /** @throws {WebhookNotFoundError} */
  async get(webhookId: string): Promise<Webhook> {
    const row = await this.webhooks.find(this.database, webhookId);
    if (!row) throw new WebhookNotFoundError(webhookId);
    return present(row);
  }

  /** @throws {WebhookTargetRefusedError} */
  async create(body: WebhookPost): Promise<Webhook> {
    this.refuseTarget(body.url);
    const key = body.api_key_value === undefined ? null : this.keys.seal(body.api_key_value);
    const webhook = writeOf(randomUUID(), body, key);
    await this.database.transaction((connection) => this.webhooks.insert(connection, webhook));
    this.worker.wake();
    return present({ ...webhook, error: null });
  }

  /**
   * Replaces a webhook. What is owed to it already stays owed, in `disabled` too; what happens while it is `disabled` does not
   * become so.
   * @throws {WebhookNotFoundError} {@link WebhookStatusError} {@link WebhookTargetRefusedError}
   */
  async replace(webhookId: string, body: WebhookPut): Promise<Answer<Webhook>> {
    if (body.id !== webhookId) throw idMismatch(webhookId);
    this.refuseTarget(body.url);
    const webhook = await this.database.transaction(async (connection) => {
      const existing = await this.webhooks.lock(connection, webhookId);
      if (!existing) throw new WebhookNotFoundError(webhookId);
      if (existing.status === 'error' && body.status === 'disabled') throw new WebhookStatusError();
      const replacement = writeOf(webhookId, body, this.keyOf(existing, body));
      await this.webhooks.update(connection, replacement);
      return replacement;
    });
    this.worker.wake();
    return Answer.created(present({ ...webhook, error: null }));
  }

  /** @throws {WebhookNotFoundError} */
  async delete(webhookId: string): Promise<void> {
    if (!(await this.webhooks.delete(this.database, webhookId))) throw new WebhookNotFoundError(webhookId);
  }

  /** Clients cannot read a key, so they need not send it again; but it never goes where it was not given for. */
  private keyOf(existing: WebhookWrite, body: WebhookPut): string | null {
    if (body.api_key_value !== undefined) return this.keys.seal(body.api_key_value);
    return new URL(existing.url).origin === new URL(body.url).origin ? existing.api_key_value : null;
  }

  private refuseTarget(url: string): void {
    const reason = this.policy.refusalOfHost(new URL(url).hostname);
    if (reason !== undefined) throw new WebhookTargetRefusedError(reason);
  }
}

function writeOf(id: string, body: WebhookPost | WebhookPut, sealedKey: string | null): WebhookWrite {
  return {
    id,
    url: body.url,
    api_key_name: body.api_key_name ?? null,
    api_key_value: sealedKey,
    events: body.events,
    flow_ids: body.flow_ids ?? null,
    source_ids: body.source_ids ?? null,
    flow_collected_by_ids: body.flow_collected_by_ids ?? null,
    source_collected_by_ids: body.source_collected_by_ids ?? null,
    presentation: presentationOf(body),
    tags: body.tags ?? null,
    status: body.status,
  };
}

function presentationOf(body: WebhookPost | WebhookPut): SegmentPresentation {
  const names = Object.keys(segmentPresentation) as (keyof SegmentPresentation)[];
  return Object.fromEntries(names.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]));
}

/** A row as clients read it: lists that were not given stay away, empty ones stay empty. */
function present(row: WebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    ...(row.api_key_name !== null && { api_key_name: row.api_key_name }),
    events: row.events,
    ...(row.flow_ids && { flow_ids: row.flow_ids }),
    ...(row.source_ids && { source_ids: row.source_ids }),
    ...(row.flow_collected_by_ids && { flow_collected_by_ids: row.flow_collected_by_ids }),
    ...(row.source_collected_by_ids && { source_collected_by_ids: row.source_collected_by_ids }),
    ...row.presentation,
    ...(row.tags && { tags: row.tags }),
    status: row.status,
    ...(row.error && { error: row.error }),
  };
}
