import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ClassAccess, currentPrincipal, idsWithinClasses, narrowedReach, type Reach } from '@tams/auth';
import {
  AddressPolicy,
  Answer,
  Configuration,
  type Connection,
  Database,
  type Page,
  pageOf,
  withPageMemory,
} from '@tams/platform';
import { DeliveryDispatcher } from './delivery/delivery-dispatcher';
import {
  idMismatch,
  TooManyWebhooksError,
  WebhookFilterRefusedError,
  WebhookNotFoundError,
  WebhookStatusError,
  WebhookTargetRefusedError,
} from './webhook.errors';
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
    private readonly dispatcher: DeliveryDispatcher,
    private readonly classes: ClassAccess,
    private readonly configuration: Configuration,
  ) {}

  async list(query: WebhookListQuery): Promise<Page<Webhook>> {
    const tags = this.classes.narrow(query.tags);
    return withPageMemory(query.limit, async () =>
      pageOf(await this.webhooks.list(this.database, { ...query, tags }), webhookOrdering, query, present),
    );
  }

  /** @throws {WebhookNotFoundError} */
  async get(webhookId: string): Promise<Webhook> {
    const row = await this.webhooks.find(this.database, webhookId);
    if (!row) throw new WebhookNotFoundError(webhookId);
    this.classes.require('read', row.tags, () => new WebhookNotFoundError(webhookId));
    return present(row);
  }

  /** @throws {OwnClassMissingError} {@link WebhookFilterRefusedError} {@link WebhookTargetRefusedError} {@link TooManyWebhooksError} */
  async create(body: WebhookPost): Promise<Webhook> {
    this.classes.requireOwn('read', body.tags);
    await this.refuseUnreadable(this.database, body);
    this.refuseTarget(body.url);
    const webhook = writeOf(randomUUID(), body, body.api_key_value ?? null, this.classes.reach);
    const owner = currentPrincipal()?.id ?? null;
    await this.database.transaction(async (connection) => {
      await this.refuseTooMany(connection, owner);
      await this.webhooks.insert(connection, webhook, owner);
    });
    this.dispatcher.wake();
    return present({ ...webhook, error: null });
  }

  /**
   * Replaces a webhook. What is owed to it already stays owed, in `disabled` too; what happens while it is `disabled` does not
   * become so.
   * @throws {WebhookNotFoundError} {@link MissingClassRightError} {@link WebhookFilterRefusedError}
   *   {@link WebhookStatusError} {@link WebhookTargetRefusedError}
   */
  async replace(webhookId: string, body: WebhookPut): Promise<Answer<Webhook>> {
    if (body.id !== webhookId) throw idMismatch(webhookId);
    const webhook = await this.database.transaction(async (connection) => {
      const existing = await this.webhooks.lock(connection, webhookId);
      if (!existing) throw new WebhookNotFoundError(webhookId);
      this.classes.require('write', existing.tags, () => new WebhookNotFoundError(webhookId));
      this.classes.requireChange(existing.tags, body.tags);
      await this.refuseUnreadable(connection, body);
      this.refuseTarget(body.url);
      if (existing.status === 'error' && body.status === 'disabled') throw new WebhookStatusError();
      const reach = narrowedReach({ all: existing.reach_all, classes: existing.reach }, this.classes.reach);
      const replacement = writeOf(webhookId, body, this.keyOf(existing, body), reach);
      await this.webhooks.update(connection, replacement);
      return replacement;
    });
    this.dispatcher.wake();
    return Answer.created(present({ ...webhook, error: null }));
  }

  /** @throws {WebhookNotFoundError} */
  async delete(webhookId: string): Promise<void> {
    if (this.classes.enabled) {
      const webhook = await this.webhooks.find(this.database, webhookId);
      this.classes.require('delete', webhook?.tags, () => new WebhookNotFoundError(webhookId));
    }
    if (!(await this.webhooks.delete(this.database, webhookId))) throw new WebhookNotFoundError(webhookId);
  }

  /** Each webhook is asked about at every change: nobody may have any number of them. */
  private async refuseTooMany(connection: Connection, owner: string | null): Promise<void> {
    const most = this.configuration.webhooks.mostPerPrincipal;
    if (most === 0 || owner === null) return;
    if ((await this.webhooks.countOf(connection, owner)) >= most) throw new TooManyWebhooksError(most);
  }

  /** A filter names only what its owner may read: others would tell whether something exists, and what collects it. */
  private async refuseUnreadable(connection: Connection, body: WebhookPost | WebhookPut): Promise<void> {
    const { readable } = this.classes;
    if (!readable) return;
    for (const [kind, field] of filters) {
      const ids = body[field] ?? [];
      const visible = await idsWithinClasses(connection, kind, ids, readable);
      const refused = ids.filter((id) => !visible.has(id));
      if (refused.length > 0) throw new WebhookFilterRefusedError(field, refused);
    }
  }

  /** Clients cannot read a key, so they need not send it again; but it never goes where it was not given for. */
  private keyOf(existing: WebhookWrite, body: WebhookPut): string | null {
    if (body.api_key_value !== undefined) return body.api_key_value;
    return new URL(existing.url).origin === new URL(body.url).origin ? existing.api_key_value : null;
  }

  private refuseTarget(url: string): void {
    const reason = this.policy.refusalOfHost(new URL(url).hostname);
    if (reason !== undefined) throw new WebhookTargetRefusedError(reason);
  }
}

/** The filters of webhooks that name Flows or Sources. */
const filters = [
  ['flow', 'flow_ids'],
  ['flow', 'flow_collected_by_ids'],
  ['source', 'source_ids'],
  ['source', 'source_collected_by_ids'],
] as const;

function writeOf(
  id: string,
  body: WebhookPost | WebhookPut,
  apiKey: string | null,
  { all, classes }: Reach,
): WebhookWrite {
  return {
    id,
    url: body.url,
    api_key_name: body.api_key_name ?? null,
    api_key_value: apiKey,
    events: body.events,
    flow_ids: body.flow_ids ?? null,
    source_ids: body.source_ids ?? null,
    flow_collected_by_ids: body.flow_collected_by_ids ?? null,
    source_collected_by_ids: body.source_collected_by_ids ?? null,
    presentation: presentationOf(body),
    tags: body.tags ?? null,
    status: body.status,
    reach_all: all,
    reach: classes,
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
