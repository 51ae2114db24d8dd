import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { type Connection, DocumentLimit } from '@tams/platform';
import { FlowCollectionService } from '../collections/flow-collection.service';
import type { FlowCollectionItem } from '../collections/flow-collection.schema';
import { FlowEvents } from './flow-events';
import { FlowRepository, type FlowWrite, type LockedFlow } from '../flow.repository';

/** New metadata of a Flow that exists; without a version, the server makes the next. */
export type FlowChange = Omit<FlowWrite, 'metadata_version'> & { readonly metadata_version: string | undefined };

/** Writes a Flow's metadata, what it collects, and the event that tells of it, inside one transaction. */
@Injectable()
export class FlowWriter {
  constructor(
    private readonly flows: FlowRepository,
    private readonly collections: FlowCollectionService,
    private readonly events: FlowEvents,
    private readonly classes: ClassAccess,
    private readonly limit: DocumentLimit,
  ) {}

  /** @returns whether it was added: another request may have come first @throws {FlowRuleError} */
  async add(connection: Connection, flow: FlowWrite, items: readonly FlowCollectionItem[]): Promise<boolean> {
    this.limit.require(flow.document, `The metadata of Flow ${flow.id}`);
    if (!(await this.flows.insert(connection, flow))) return false;
    await this.collections.replace(connection, flow, items);
    await this.events.created(connection, flow);
    return true;
  }

  /**
   * Replaces the metadata of a locked Flow, under a new `metadata_version` unless the client brings its own. What changes nothing
   * leaves version and time as they are, and nobody is told.
   * @param items what it collects from now on; absent to leave that as it is
   * @throws {MissingClassRightError} when the caller may not change its `auth_classes` so {@link FlowRuleError}
   */
  async replace(
    connection: Connection,
    existing: LockedFlow,
    flow: FlowChange,
    items?: readonly FlowCollectionItem[],
  ): Promise<void> {
    if (await this.changesNothing(connection, existing, flow, items)) return;
    this.classes.requireChange(existing.document.tags, flow.document.tags);
    this.limit.require(flow.document, `The metadata of Flow ${flow.id}`);
    await this.flows.update(connection, { ...flow, metadata_version: flow.metadata_version ?? randomUUID() });
    if (items) await this.collections.replace(connection, existing, items);
    await this.events.updated(connection, existing);
  }

  private async changesNothing(
    connection: Connection,
    existing: LockedFlow,
    flow: FlowChange,
    items: readonly FlowCollectionItem[] | undefined,
  ): Promise<boolean> {
    if (flow.metadata_version !== undefined || flow.created_by !== existing.created_by) return false;
    if (!isDeepStrictEqual(existing.document, flow.document)) return false;
    if (items === undefined) return true;
    const row = await this.flows.find(connection, flow.id, this.classes.readable);
    return isDeepStrictEqual(row?.flow_collection ?? [], items);
  }
}
