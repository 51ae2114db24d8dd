import type { Connection } from '@tams/platform';
import { FlowBeingDeletedError, FlowNotFoundError, FlowReadOnlyError } from './flow.errors';
import type { FlowRepository, LockedFlow } from './flow.repository';

/** Which Flows may be changed although others may not. */
export interface WritableOptions {
  /** For the switch that ends being read-only. */
  readonly evenIfReadOnly?: boolean;
}

/**
 * Takes the lock of a Flow that is about to change.
 * @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError}
 */
export async function lockWritableFlow(
  flows: FlowRepository,
  connection: Connection,
  flowId: string,
  options: WritableOptions = {},
): Promise<LockedFlow> {
  const flow = await flows.lock(connection, flowId);
  if (!flow) throw new FlowNotFoundError(flowId);
  refuseUnwritable(flow, options);
  return flow;
}

/** @throws {FlowReadOnlyError} {@link FlowBeingDeletedError} */
export function refuseUnwritable(flow: LockedFlow, { evenIfReadOnly = false }: WritableOptions = {}): void {
  if (flow.deletion_request !== null) throw new FlowBeingDeletedError(flow.id, flow.deletion_request);
  if (flow.read_only && !evenIfReadOnly) throw new FlowReadOnlyError(flow.id);
}
