import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database, type Page, pageOf } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { given } from '../library/flow-overview';
import {
  webhookOverviewOrdering,
  WebhookOverviewRepository,
  type WebhookOverviewRow,
} from './webhook-overview.repository';
import type { WebhookOverview, WebhookOverviewQuery } from './webhook-overview.schema';

/** Who is owed what: the webhooks the caller may read, with the state of their delivery. */
@Injectable()
export class WebhookOverviewService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookOverviewRepository,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation('console.webhooks')
  async list(query: WebhookOverviewQuery): Promise<Page<WebhookOverview>> {
    const rows = await this.webhooks.list(this.database, { ...query, tags: this.classes.narrow(query.tags) });
    return pageOf(rows, webhookOverviewOrdering, query, present);
  }
}

function present(row: WebhookOverviewRow): WebhookOverview {
  const { id, url, events, status, error, tags, failing_since, next_attempt, oldest_owed, last_attempt } = row;
  return {
    id,
    url,
    events,
    status,
    ...given({ error, tags }),
    failures: row.failures ?? 0,
    ...given({ failing_since, next_attempt }),
    owed: Number(row.owed),
    ...given({ oldest_owed, last_attempt }),
  };
}
