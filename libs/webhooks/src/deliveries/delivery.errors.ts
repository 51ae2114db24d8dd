import { BadRequestError, NotFoundError } from '@tams/platform';

export class DeliveryNotFoundError extends NotFoundError {
  constructor(deliveryId: string) {
    super('delivery-not-found', `No event ${deliveryId} was owed to this webhook, or it is too old to be kept.`);
  }
}

/** Only what is still owed can be given up. */
export class DeliveryNotWaitingError extends BadRequestError {
  constructor(deliveryId: string) {
    super('delivery-not-waiting', `Event ${deliveryId} is not waiting to be delivered, so it cannot be given up.`);
  }
}
