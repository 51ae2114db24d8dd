import { BadRequestError, NotFoundError } from '@tams/platform';

/** No such request, or one that is finished and forgotten (404). */
export class DeletionRequestNotFoundError extends NotFoundError {
  constructor(requestId: string) {
    super(
      'deletion-request-not-found',
      `There is no deletion request ${requestId}; finished ones are forgotten after a while.`,
    );
  }
}

/** A new segment would be deleted at once, by a request that is still at work there (400). */
export class TimerangeBeingDeletedError extends BadRequestError {
  constructor(timerange: string, requestId: string) {
    const message = `What lies within ${timerange} is being deleted just now; wait until /flow-delete-requests/${requestId} is done.`;
    super('timerange-being-deleted', message, { errors: [{ path: 'body.timerange', message }] });
  }
}
