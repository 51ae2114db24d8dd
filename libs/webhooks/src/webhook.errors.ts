import { BadRequestError, ForbiddenError, listed, NotFoundError, ValidationError } from '@tams/platform';

export class WebhookNotFoundError extends NotFoundError {
  constructor(webhookId: string) {
    super('webhook-not-found', `There is no webhook ${webhookId}.`);
  }
}

/** The caller has as many webhooks as one principal may (403). */
export class TooManyWebhooksError extends ForbiddenError {
  constructor(most: number) {
    super('too-many-webhooks', `You have ${most} webhooks, as many as one principal may (WEBHOOKS_PER_PRINCIPAL).`);
  }
}

/** A status that cannot follow the one in force. */
export class WebhookStatusError extends BadRequestError {
  constructor() {
    const message = 'a webhook in error cannot become disabled; set it to created to start it again, or delete it';
    super('webhook-status', `body.status: ${message}`, { errors: [{ path: 'body.status', message }] });
  }
}

/** The URL leads to where this server does not send anything. */
export class WebhookTargetRefusedError extends BadRequestError {
  constructor(reason: string) {
    super('webhook-target-refused', `body.url: ${reason}`, { errors: [{ path: 'body.url', message: reason }] });
  }
}

/** The webhook is to tell of Flows or Sources its owner may not read, or that do not exist: which of the two is not said (403). */
export class WebhookFilterRefusedError extends ForbiddenError {
  constructor(field: string, ids: readonly string[]) {
    const message = `holds what you may not read, or what does not exist: ${listed(ids)}`;
    super('webhook-filter-refused', `${field} ${message}`, { errors: [{ path: `body.${field}`, message }] });
  }
}

/** The id in the body is not the id in the path. */
export function idMismatch(webhookId: string): ValidationError {
  return new ValidationError([{ path: 'body.id', message: `must be the id in the path, ${webhookId}` }]);
}
