import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import type { Tags } from '@tams/model';
import type { ClassRight, Connection } from '@tams/platform';
import { noteFormat } from '@tams/telemetry';
import { FlowBeingDeletedError, FlowNotFoundError, FlowReadOnlyError, FlowWithoutContainerError } from '../flow.errors';
import { FlowRepository, type LockedFlow } from '../flow.repository';

/** Which Flows may be changed although others may not. */
export interface WritableOptions {
  /** For the switch that ends being read-only. */
  readonly evenIfReadOnly?: boolean;
}

/** A locked Flow that has media of its own. */
export type LockedMediaFlow = LockedFlow & { readonly container: string };

/** The lock of a Flow, for whoever may change it. */
@Injectable()
export class FlowLock {
  constructor(
    private readonly flows: FlowRepository,
    private readonly classes: ClassAccess,
  ) {}

  /**
   * Takes the lock of a Flow that is about to change.
   * @throws {FlowNotFoundError} {@link MissingClassRightError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError}
   */
  async writable(connection: Connection, flowId: string, options: WritableOptions = {}): Promise<LockedFlow> {
    const flow = await this.existing(connection, flowId, 'write');
    refuseUnwritable(flow, options);
    return flow;
  }

  /**
   * The same for a Flow that is about to get media.
   * @throws {FlowWithoutContainerError} and what {@link writable} throws
   */
  async writableMedia(connection: Connection, flowId: string): Promise<LockedMediaFlow> {
    const flow = await this.writable(connection, flowId);
    const { container } = flow;
    if (container === null) throw new FlowWithoutContainerError(flowId);
    return { ...flow, container };
  }

  /**
   * Takes the lock of a Flow in whatever state it is.
   * @param right what the caller must be allowed to do with it
   * @throws {FlowNotFoundError} {@link MissingClassRightError}
   */
  async existing(connection: Connection, flowId: string, right: ClassRight): Promise<LockedFlow> {
    const flow = await this.find(connection, flowId, right);
    if (!flow) throw new FlowNotFoundError(flowId);
    return flow;
  }

  /** The same, where a Flow need not exist. */
  async find(connection: Connection, flowId: string, right: ClassRight): Promise<LockedFlow | undefined> {
    const flow = await this.flows.lock(connection, flowId);
    noteFormat(flow?.document.format);
    if (flow) this.classes.require(right, flow.document.tags, () => new FlowNotFoundError(flowId));
    return flow;
  }

  /**
   * Whether the caller may write a Flow they are about to create.
   * @throws {OwnClassMissingError}
   */
  requireOwn(tags: Tags | undefined): void {
    this.classes.requireOwn('write', tags);
  }
}

/** @throws {FlowReadOnlyError} {@link FlowBeingDeletedError} */
export function refuseUnwritable(flow: LockedFlow, { evenIfReadOnly = false }: WritableOptions = {}): void {
  if (flow.deletion_request !== null) throw new FlowBeingDeletedError(flow.id, flow.deletion_request);
  if (flow.read_only && !evenIfReadOnly) throw new FlowReadOnlyError(flow.id);
}
