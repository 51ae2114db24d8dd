import { BadRequestError, ForbiddenError, NotFoundError, ValidationError } from '@tams/platform';

export class FlowNotFoundError extends NotFoundError {
  constructor(flowId: string) {
    super('flow-not-found', `There is no Flow ${flowId}.`);
  }
}

/** The Flow exists, but the property or tag asked for is not set. */
export class FlowPropertyNotSetError extends NotFoundError {
  constructor(flowId: string, property: string) {
    super('property-not-set', `Flow ${flowId} has no ${property}.`);
  }
}

/** A read-only Flow refuses every change but PUT /flows/{flowId}/read_only. */
export class FlowReadOnlyError extends ForbiddenError {
  constructor(flowId: string) {
    super('flow-read-only', `Flow ${flowId} is read-only; PUT false to /flows/${flowId}/read_only first.`);
  }
}

/** A Flow whose deletion has been accepted can still be read until it is gone, but nothing more is written to it. */
export class FlowBeingDeletedError extends ForbiddenError {
  constructor(flowId: string, requestId: string) {
    super(
      'flow-being-deleted',
      `Flow ${flowId} is being deleted; GET /flow-delete-requests/${requestId} tells how far.`,
    );
  }
}

/** A Flow without `container` has no media of its own: neither storage nor segments (400). */
export class FlowWithoutContainerError extends BadRequestError {
  constructor(flowId: string) {
    super(
      'flow-without-container',
      `Flow ${flowId} has no container, so it holds no media of its own; set its container first (PUT /flows/${flowId}).`,
    );
  }
}

/** One field of a Flow breaks a rule that only the store can check. */
export class FlowRuleError extends BadRequestError {
  constructor(code: string, field: string, message: string) {
    super(code, message, { errors: [{ path: `body.${field}`, message }] });
  }
}

/** The id in the body is not the id in the path. */
export function idMismatch(flowId: string): ValidationError {
  return new ValidationError([{ path: 'body.id', message: `must equal the Flow id of the path, ${flowId}` }]);
}
