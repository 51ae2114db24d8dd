import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database } from '@tams/platform';
import { currentCorrelationId } from '@tams/telemetry';
import { entryOf } from '../delivery/attempt-entry';
import { HttpSender } from '../delivery/http-sender';
import { QueueRepository } from '../delivery/queue.repository';
import { Receivers } from '../delivery/receiver';
import { identityHeaders } from '../delivery/signature';
import { WebhookNotFoundError } from '../webhook.errors';
import type { TestResult } from './delivery.schema';

/** Tries a receiver at once, beside the queue. */
@Injectable()
export class WebhookTest {
  constructor(
    private readonly database: Database,
    private readonly queues: QueueRepository,
    private readonly sender: HttpSender,
    private readonly receivers: Receivers,
    private readonly classes: ClassAccess,
  ) {}

  /** Sends a `webhooks/test` message once, with key and signature, and tells how that went. @throws {WebhookNotFoundError} */
  async run(webhookId: string): Promise<TestResult> {
    const target = await this.queues.testTarget(this.database, webhookId);
    if (!target) throw new WebhookNotFoundError(webhookId);
    this.classes.require('write', target.tags, () => new WebhookNotFoundError(webhookId));
    const receiver = this.receivers.at(target);
    const now = new Date();
    const message = { event_timestamp: now, event_type: 'webhooks/test', event: { webhook_id: webhookId } };
    const body = Buffer.from(JSON.stringify(message));
    const headers = {
      ...receiver.headers,
      ...identityHeaders(randomUUID(), Math.floor(now.getTime() / 1000), body, receiver.key),
      'x-correlation-id': currentCorrelationId(),
    };
    const attempt = await this.sender.send({ url: receiver.url, headers, body, signal: new AbortController().signal });
    return { delivered: !attempt.failure, ...entryOf(attempt) };
  }
}
