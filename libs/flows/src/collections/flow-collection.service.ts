import { Injectable } from '@nestjs/common';
import { ClassAccess, idsWithinClasses } from '@tams/auth';
import { type Connection, DocumentLimit } from '@tams/platform';
import { SourceEvents } from '@tams/sources';
import { type CollectedSource, FlowCollectionRepository } from './flow-collection.repository';
import type { FlowCollectionItem } from './flow-collection.schema';
import { FlowRuleError } from '../flow.errors';

/** How much larger than a document a collection may be: it may hold 10,000 ids. */
const COLLECTION_SIZE = 4;

/** The rules of Flow Collections: members exist, and Flows of one Source agree on roles and order. */
@Injectable()
export class FlowCollectionService {
  constructor(
    private readonly collections: FlowCollectionRepository,
    private readonly sourceEvents: SourceEvents,
    private readonly classes: ClassAccess,
    private readonly limit: DocumentLimit,
  ) {}

  /**
   * Replaces what a Flow collects, inside the transaction that holds the Flow's lock. What the caller may do nothing with
   * does not exist for them and cannot be added; what they cannot read stays in its place unless they name it.
   * @throws {FlowRuleError} when a member does not exist or another Flow of the Source is contradicted
   */
  async replace(
    connection: Connection,
    flow: { readonly id: string; readonly source_id: string },
    given: readonly FlowCollectionItem[],
  ): Promise<void> {
    this.limit.require(given, `The collection of Flow ${flow.id}`, COLLECTION_SIZE);
    const { readable } = this.classes;
    const ids = given.map((item) => item.id);
    const missing = await this.collections.missing(connection, ids, this.classes.known);
    if (missing.length > 0) {
      throw new FlowRuleError(
        'collected-flow-unknown',
        'flow_collection',
        `collects Flows that do not exist: ${missing.slice(0, 10).join(', ')}`,
      );
    }
    const items = [...given];
    const hidden = readable ? await this.collections.hiddenItems(connection, flow.id, readable) : [];
    for (const { position, item } of hidden) if (!ids.includes(item.id)) items.splice(position - 1, 0, item);
    const sources = await this.collections.sourcesTouched(connection, flow.id, items);
    await this.sourceEvents.whileCollectionsChange(connection, sources, () =>
      this.collections.replace(connection, flow.id, items),
    );
    if (items.length === 0) return;
    const conflict = findConflict(flow.id, await this.collections.collectedBySource(connection, flow.source_id));
    if (!conflict) return;
    const visible = !readable || (await idsWithinClasses(connection, 'flow', [conflict.flowId], readable)).size > 0;
    const message = visible ? conflict.message : 'contradicts the collection of another Flow of the same Source';
    throw new FlowRuleError('collection-conflict', 'flow_collection', message);
  }
}

/** A contradiction between the collections of two Flows of one Source. */
export interface CollectionConflict {
  /** The other Flow. */
  readonly flowId: string;
  readonly message: string;
}

/**
 * How the collection of one Flow contradicts those of the other Flows of its Source, if it does: a different role for the
 * same Source, or the same Sources in another order.
 */
export function findConflict(flowId: string, collected: readonly CollectedSource[]): CollectionConflict | undefined {
  const own = bySource(collected.filter((member) => member.collection_id === flowId));
  const others = Map.groupBy(
    collected.filter((member) => member.collection_id !== flowId),
    (member) => member.collection_id,
  );
  for (const [otherId, members] of others) {
    const other = bySource(members);
    for (const [sourceId, role] of own) {
      const otherRole = other.get(sourceId);
      if (role && otherRole && role !== otherRole) {
        const message = `gives Source ${sourceId} the role ${role}, but Flow ${otherId} of the same Source gives it ${otherRole}`;
        return { flowId: otherId, message };
      }
    }
    const common = [...own.keys()].filter((sourceId) => other.has(sourceId));
    const theirs = [...other.keys()].filter((sourceId) => own.has(sourceId));
    if (common.some((sourceId, index) => sourceId !== theirs[index])) {
      const message = `collects its Sources in another order than Flow ${otherId} of the same Source`;
      return { flowId: otherId, message };
    }
  }
  return undefined;
}

/** Role of each collected Source, in the order of first appearance. */
function bySource(members: readonly CollectedSource[]): Map<string, string | null> {
  const roles = new Map<string, string | null>();
  for (const { source_id: sourceId, role } of members) if (!roles.has(sourceId)) roles.set(sourceId, role);
  return roles;
}
