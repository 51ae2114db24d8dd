import { Controller, Get, Query } from '@nestjs/common';
import type { Page } from '@tams/platform';
import { webhookOverviewOperations } from './webhook-overview.operations';
import { type WebhookOverview, webhookOverviewQuery, type WebhookOverviewQuery } from './webhook-overview.schema';
import { WebhookOverviewService } from './webhook-overview.service';

/** `/console/api/webhooks`. */
@Controller('console/api/webhooks')
export class WebhookOverviewController {
  constructor(private readonly webhooks: WebhookOverviewService) {}

  @webhookOverviewOperations.list
  @Get()
  list(@Query({ schema: webhookOverviewQuery }) query: WebhookOverviewQuery): Promise<Page<WebhookOverview>> {
    return this.webhooks.list(query);
  }
}
