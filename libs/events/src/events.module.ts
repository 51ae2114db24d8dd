import { Module } from '@nestjs/common';
import { AddressPolicy, Configuration, HostResolver } from '@tams/platform';
import { ObjectsModule, StorageModule } from '@tams/storage';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { WebhookTest } from './deliveries/webhook-test';
import { DeliveryFigures } from './delivery-figures';
import { Retention } from './retention';
import { DeliveryLedger } from './sending/delivery-ledger';
import { DeliveryWorker } from './sending/delivery-worker';
import { FailureHandling } from './sending/failure-handling';
import { HttpSender } from './sending/http-sender';
import { LaneParts } from './sending/lane-parts';
import { MessageWriter } from './sending/message';
import { OwedReader } from './sending/owed-reader';
import { QueueRepository } from './sending/queue.repository';
import { Receivers } from './sending/receiver';
import { ApiKeySeal } from './webhooks/api-key-seal';
import { WebhookRepository } from './webhooks/webhook.repository';
import { WebhookService } from './webhooks/webhook.service';
import { WebhooksController } from './webhooks/webhooks.controller';

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
export class EventsModule {}
