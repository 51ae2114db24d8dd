import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import type { Answer, Page } from '@tams/platform';
import { deliveryOperations as operations } from './delivery.operations';
import {
  type Delivery,
  deliveryListQuery,
  type DeliveryListQuery,
  type Replayed,
  replayQuery,
  type ReplayQuery,
  type TestResult,
} from './delivery.schema';
import { DeliveryService } from './delivery.service';
import { WebhookTest } from './webhook-test';

/** Extensions below `/service/webhooks/{webhookId}`: history, replay and test. */
@Controller('service/webhooks/:webhookId')
export class DeliveriesController {
  constructor(
    private readonly deliveries: DeliveryService,
    private readonly webhookTest: WebhookTest,
  ) {}

  @operations.list
  @Get('deliveries')
  list(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Query({ schema: deliveryListQuery }) query: DeliveryListQuery,
  ): Promise<Page<Delivery>> {
    return this.deliveries.list(webhookId, query);
  }

  @operations.get
  @Get('deliveries/:deliveryId')
  get(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Param('deliveryId', { schema: uuid }) deliveryId: string,
  ): Promise<Delivery> {
    return this.deliveries.get(webhookId, deliveryId);
  }

  @operations.abandon
  @Delete('deliveries/:deliveryId')
  @HttpCode(204)
  abandon(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Param('deliveryId', { schema: uuid }) deliveryId: string,
  ): Promise<void> {
    return this.deliveries.abandon(webhookId, deliveryId);
  }

  @operations.replay
  @Post('deliveries/:deliveryId/replay')
  replay(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Param('deliveryId', { schema: uuid }) deliveryId: string,
  ): Promise<Answer<Delivery>> {
    return this.deliveries.replay(webhookId, deliveryId);
  }

  @operations.replaySince
  @Post('replay')
  replaySince(
    @Param('webhookId', { schema: uuid }) webhookId: string,
    @Query({ schema: replayQuery }) { since }: ReplayQuery,
  ): Promise<Answer<Replayed>> {
    return this.deliveries.replaySince(webhookId, since);
  }

  @operations.test
  @Post('test')
  @HttpCode(200)
  it(@Param('webhookId', { schema: uuid }) webhookId: string): Promise<TestResult> {
    return this.webhookTest.run(webhookId);
  }
}
