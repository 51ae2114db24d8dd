import { Module } from '@nestjs/common';
import { ObjectsModule } from '@tams/objects';
import { AddressPolicy, Configuration, HostResolver } from '@tams/platform';
import { StorageModule } from '@tams/storage';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { WebhookTest } from './deliveries/webhook-test';
import { DeliveryFigures } from './delivery-figures';
import { Retention } from './retention';
import { DeliveryLedger } from './delivery/delivery-ledger';
import { DeliveryWorker } from './delivery/delivery-worker';
import { FailureHandling } from './delivery/failure-handling';
import { HttpSender } from './delivery/http-sender';
import { LaneParts } from './delivery/lane-parts';
import { MessageWriter } from './delivery/message';
import { OwedReader } from './delivery/owed-reader';
import { QueueRepository } from './delivery/queue.repository';
import { Receivers } from './delivery/receiver';
import { ApiKeySeal } from './api-key-seal';
import { WebhookRepository } from './webhook.repository';
import { WebhookService } from './webhook.service';
import { WebhooksController } from './webhooks.controller';

/** What others are told, and how: webhooks, and the delivery of what the outbox holds. */
@Module({
  imports: [StorageModule, ObjectsModule],
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    {
      provide: AddressPolicy,
      inject: [Configuration],
      useFactory: ({ webhooks }: Configuration) => new AddressPolicy(webhooks.allowedHosts, 'WEBHOOK_ALLOWED_HOSTS'),
    },
    HostResolver,
    ApiKeySeal,
    WebhookRepository,
    WebhookService,
    DeliveryRepository,
    DeliveryService,
    WebhookTest,
    QueueRepository,
    FailureHandling,
    DeliveryLedger,
    OwedReader,
    Receivers,
    HttpSender,
    MessageWriter,
    DeliveryFigures,
    LaneParts,
    DeliveryWorker,
    Retention,
  ],
  exports: [Retention],
})
export class WebhooksModule {}
