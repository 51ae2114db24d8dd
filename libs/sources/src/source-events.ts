import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { classesOf } from '@tams/auth';
import type { Tags } from '@tams/model';
import { Outbox } from '@tams/outbox';
import type { Connection } from '@tams/platform';
import { present } from './source-presentation';
import { SourceRepository, type SourceRow } from './source.repository';

type DerivedCollections = Pick<SourceRow, 'source_collection' | 'collected_by'>;

/** What others are told of Sources; always in the transaction of the change itself. */
@Injectable()
export class SourceEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly sources: SourceRepository,
  ) {}

  /** Call it when the Source has been added. */
  created(connection: Connection, sourceId: string): Promise<void> {
    return this.tell(connection, 'sources/created', sourceId);
  }

  /** Call it when the Source has been changed. */
  updated(connection: Connection, sourceId: string): Promise<void> {
    return this.tell(connection, 'sources/updated', sourceId);
  }

  /**
   * Call it when the Source has been deleted.
   * @param collectedBy what {@link collectedBy} gave before its last Flow went
   * @param tags the Source's own
   */
  deleted(connection: Connection, sourceId: string, collectedBy: readonly string[], tags: Tags | null): Promise<void> {
    return this.outbox.append(connection, {
      type: 'sources/deleted',
      sourceId,
      content: () => ({ source_id: sourceId }),
      classes: () => classesOf(tags),
      collections: () => Promise.resolve({ flowCollectedBy: [], sourceCollectedBy: collectedBy }),
    });
  }

  /** Sources that collect this one now. */
  async collectedBy(connection: Connection, sourceId: string): Promise<readonly string[]> {
    return (await this.sources.find(connection, sourceId))?.collected_by ?? [];
  }

  /**
   * Runs a change of Flow Collections and tells of each Source whose collections, which follow from them, it has changed.
   * @param sourceIds Sources it may change; locked, so that of two such changes the later one tells of both
   */
  async whileCollectionsChange(
    connection: Connection,
    sourceIds: readonly string[],
    change: () => Promise<void>,
  ): Promise<void> {
    const before = new Map<string, DerivedCollections>();
    for (const id of [...new Set(sourceIds)].sort()) {
      await this.sources.lock(connection, id);
      const source = await this.sources.find(connection, id);
      if (source) before.set(id, source);
    }
    await change();
    for (const [id, source] of before) {
      const after = await this.sources.find(connection, id);
      if (after && !isDeepStrictEqual(derivedOf(source), derivedOf(after))) await this.updated(connection, id);
    }
  }

  private tell(connection: Connection, type: 'sources/created' | 'sources/updated', sourceId: string): Promise<void> {
    return this.outbox.append(connection, {
      type,
      sourceId,
      content: async () => ({ source: present(await this.read(connection, sourceId)) }),
      classes: async () => classesOf((await this.read(connection, sourceId)).tags),
      collections: async () => ({
        flowCollectedBy: [],
        sourceCollectedBy: (await this.read(connection, sourceId)).collected_by ?? [],
      }),
    });
  }

  private async read(connection: Connection, sourceId: string): Promise<SourceRow> {
    const source = await this.sources.find(connection, sourceId);
    if (!source) throw new Error(`Source ${sourceId} is gone while its event is written.`);
    return source;
  }
}

function derivedOf({ source_collection, collected_by }: DerivedCollections): DerivedCollections {
  return { source_collection, collected_by: collected_by?.toSorted() ?? null };
}
