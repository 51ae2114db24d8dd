import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import type { Answer, Page } from '@tams/platform';
import { webhookOperations as operations } from './webhook.operations';
import {
  type Webhook,
  webhookListQuery,
  type WebhookListQuery,
  webhookPost,
  type WebhookPost,
  webhookPut,
  type WebhookPut,
} from './webhook.schema';
import { WebhookService } from './webhook.service';

/** `/service/webhooks`. */
@Controller('service/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhookService) {}

  @operations.list
  @Get()
  list(@Query({ schema: webhookListQuery }) query: WebhookListQuery): Promise<Page<Webhook>> {
    return this.webhooks.list(query);
  }

  @operations.create
  @Post()
  create(@Body({ schema: webhookPost }) body: WebhookPost): Promise<Webhook> {
    return this.webhooks.create(body);
  }

  @operations.get
  @Get(':webhookId')
  get(@Param('webhookId', { schema: uuid }) webhookId: string): Promise<Webhook> {
    return this.webhooks.get(webhookId);
  }

  @operations.replace
  @Put(':webhookId')
  replace(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Body({ schema: webhookPut }) body: WebhookPut,
  ): Promise<Answer<Webhook>> {
    return this.webhooks.replace(webhookId, body);
  }

  @operations.remove
  @Delete(':webhookId')
  @HttpCode(204)
  remove(@Param('webhookId', { schema: uuid }) webhookId: string): Promise<void> {
    return this.webhooks.delete(webhookId);
  }
}
