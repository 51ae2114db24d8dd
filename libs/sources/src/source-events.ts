import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { classesOf } from '@tams/auth';
import type { Tags } from '@tams/model';
import { Outbox } from '@tams/outbox';
import type { Connection } from '@tams/platform';
import { present } from './source-presentation';
import { type DerivedCollections, SourceRepository, type SourceRow } from './source.repository';

/** Sources whose events are written together: so many of them, with their tags, are in memory at a time. */
const SOURCES_AT_A_TIME = 50;

/** What others are told of Sources; always in the transaction of the change itself. */
@Injectable()
export class SourceEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly sources: SourceRepository,
  ) {}

  /** Call it when the Source has been added. */
  created(connection: Connection, sourceId: string): Promise<void> {
    return this.tell(connection, 'sources/created', [sourceId]);
  }

  /** Call it when the Source has been changed. */
  updated(connection: Connection, sourceId: string): Promise<void> {
    return this.tell(connection, 'sources/updated', [sourceId]);
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
    const ids = [...new Set(sourceIds)];
    await this.sources.lockAll(connection, ids);
    const before = await this.sources.collections(connection, ids);
    await change();
    const after = await this.sources.collections(connection, ids);
    const changed = [...after].filter(([id, collections]) => differs(before.get(id), collections)).map(([id]) => id);
    changed.sort();
    for (let first = 0; first < changed.length; first += SOURCES_AT_A_TIME)
      await this.tell(connection, 'sources/updated', changed.slice(first, first + SOURCES_AT_A_TIME));
  }

  /** Writes one event of each Source. They are read, together, only when somebody is to be told. */
  private tell(
    connection: Connection,
    type: 'sources/created' | 'sources/updated',
    sourceIds: readonly string[],
  ): Promise<void> {
    let reading: Promise<ReadonlyMap<string, SourceRow>> | undefined;
    const read = async (id: string): Promise<SourceRow> => {
      reading ??= this.sources
        .findAll(connection, sourceIds)
        .then((rows) => new Map(rows.map((source) => [source.id, source])));
      const source = (await reading).get(id);
      if (!source) throw new Error(`Source ${id} is gone while its event is written.`);
      return source;
    };
    const events = sourceIds.map((sourceId) => ({
      type,
      sourceId,
      content: async () => ({ source: present(await read(sourceId)) }),
      classes: async () => classesOf((await read(sourceId)).tags),
      collections: async () => ({
        flowCollectedBy: [],
        sourceCollectedBy: (await read(sourceId)).collected_by ?? [],
      }),
    }));
    return this.outbox.appendAll(connection, events);
  }
}

/** A Source that was not there before is told of by whoever made it. */
function differs(before: DerivedCollections | undefined, after: DerivedCollections): boolean {
  return before !== undefined && !isDeepStrictEqual(derivedOf(before), derivedOf(after));
}

function derivedOf({ source_collection, collected_by }: DerivedCollections): DerivedCollections {
  return { source_collection, collected_by: collected_by?.toSorted() ?? null };
}
