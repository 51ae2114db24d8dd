import { Module } from '@nestjs/common';
import { ObjectsModule } from '@tams/objects';
import { AddressPolicy, Configuration, HostResolver } from '@tams/platform';
import { StorageModule } from '@tams/storage';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { WebhookTest } from './deliveries/webhook-test';
import { DeliveryMetrics } from './delivery-metrics';
import { EventRetentionJob } from './retention/event-retention.job';
import { EventRetentionRepository } from './retention/event-retention.repository';
import { EventRetention } from './retention/event-retention.service';
import { SuccessRecorder } from './delivery/success-recorder';
import { DeliveryDispatcher } from './delivery/delivery-dispatcher';
import { FailureHandling } from './delivery/failure-handling';
import { HttpSender } from './delivery/http-sender';
import { DeliveryComponents } from './delivery/delivery-components';
import { MessageWriter } from './delivery/message';
import { OwedReader } from './delivery/owed-reader';
import { QueueRepository } from './delivery/queue.repository';
import { Receivers } from './delivery/receiver';
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
    WebhookRepository,
    WebhookService,
    DeliveryRepository,
    DeliveryService,
    WebhookTest,
    QueueRepository,
    FailureHandling,
    SuccessRecorder,
    OwedReader,
    Receivers,
    HttpSender,
    MessageWriter,
    DeliveryMetrics,
    DeliveryComponents,
    DeliveryDispatcher,
    EventRetentionRepository,
    EventRetention,
    EventRetentionJob,
  ],
  exports: [MessageWriter],
})
export class WebhooksModule {}
