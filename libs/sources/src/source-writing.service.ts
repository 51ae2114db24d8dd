import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ClassAccess, attributedTo } from '@tams/auth';
import { type ContentFormat, type Tags, withTag } from '@tams/model';
import { afterCommit, type Connection, Database, DocumentLimit, untilDecided } from '@tams/platform';
import { formatLabel, metrics, TraceOperation } from '@tams/telemetry';
import { SourceFormatConflictError, SourceNotFoundError, SourcePropertyNotSetError } from './source.errors';
import { SourceEvents } from './source-events';
import { type LockedSource, type NewSource, SourceRepository } from './source.repository';

/** Writing Sources: they appear with their first Flow, and clients change only label, description and tags. */
@Injectable()
export class SourceWritingService {
  constructor(
    private readonly database: Database,
    private readonly sources: SourceRepository,
    private readonly events: SourceEvents,
    private readonly classes: ClassAccess,
    private readonly documents: DocumentLimit,
  ) {}

  /** Sets, or with `null` unsets, the label or the description. */
  @TraceOperation('source.change')
  async setProperty(
    sourceId: string,
    change: { label: string | null } | { description: string | null },
  ): Promise<void> {
    this.documents.require(change, `The property of Source ${sourceId}`);
    await this.database.transaction(async (connection) => {
      const source = await this.lockWritable(connection, sourceId);
      if (isDeepStrictEqual({ ...source, ...change }, { ...source })) return;
      await this.sources.update(connection, sourceId, change, attributedTo(undefined));
      await this.events.updated(connection, sourceId);
    });
  }

  setTag(sourceId: string, name: string, value: string | string[]): Promise<void> {
    return this.changeTags(sourceId, (tags) => withTag(tags, name, value));
  }

  /** @throws {SourcePropertyNotSetError} when the Source has no such tag */
  removeTag(sourceId: string, name: string): Promise<void> {
    return this.changeTags(sourceId, (tags) => {
      if (!Object.hasOwn(tags, name)) throw new SourcePropertyNotSetError(sourceId, `tag ${name}`);
      return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== name));
    });
  }

  /**
   * Makes sure the Source of a new Flow exists, taking its metadata from the Flow when it is new (AppNote 0007). A Source
   * there is must be one the caller may write (AppNote 0016, adding Flows to Sources).
   * @throws {SourceNotFoundError} {@link SourceFormatConflictError} when it exists with another format
   */
  async ensure(connection: Connection, source: NewSource): Promise<void> {
    const existing = await untilDecided(async () => {
      const inserted = await this.sources.insert(connection, source);
      // None: its last Flow was deleted while we waited for the lock, and the Source with it.
      return inserted ? 'new' : this.sources.lock(connection, source.id);
    });
    if (existing === 'new') {
      count(connection, 'create', source.format);
      return this.events.created(connection, source.id);
    }
    this.classes.require('write', existing.tags, () => new SourceNotFoundError(source.id));
    refuseOtherFormat(existing, source.format);
  }

  /** @throws {SourceFormatConflictError} when the Source, which exists, has another format */
  async requireFormat(connection: Connection, sourceId: string, format: ContentFormat): Promise<void> {
    const source = await this.sources.lock(connection, sourceId);
    if (source) refuseOtherFormat(source, format);
  }

  /**
   * Removes a Source that has no Flow any more.
   * @param collectedBy Sources that collected it before its last Flow went
   * @returns whether it is gone
   */
  async removeUnused(connection: Connection, sourceId: string, collectedBy: readonly string[]): Promise<boolean> {
    const removed = await this.sources.removeUnused(connection, sourceId);
    if (!removed) return false;
    count(connection, 'delete', removed.format);
    await this.events.deleted(connection, sourceId, collectedBy, removed.tags);
    return true;
  }

  @TraceOperation('source.change')
  private async changeTags(sourceId: string, change: (tags: Tags) => Tags): Promise<void> {
    await this.database.transaction(async (connection) => {
      const source = await this.lockWritable(connection, sourceId);
      const tags = change(source.tags ?? {});
      this.documents.require(tags, `The tags of Source ${sourceId}`);
      if (isDeepStrictEqual(tags, source.tags)) return;
      this.classes.requireChange(source.tags, tags);
      const kept = Object.keys(tags).length > 0 ? tags : null;
      await this.sources.update(connection, sourceId, { tags: kept }, attributedTo(undefined));
      await this.events.updated(connection, sourceId);
    });
  }

  private async lockWritable(connection: Connection, sourceId: string): Promise<LockedSource> {
    const source = await this.sources.lock(connection, sourceId);
    if (!source) throw new SourceNotFoundError(sourceId);
    this.classes.require('write', source.tags, () => new SourceNotFoundError(sourceId));
    return source;
  }
}

function refuseOtherFormat(source: LockedSource, format: ContentFormat): void {
  if (source.format !== format) throw new SourceFormatConflictError(source.id, source.format, format);
}

/** Sources come and go with their Flows, in the transactions of those. */
function count(connection: Connection, operation: 'create' | 'delete', format: string): void {
  afterCommit(connection, () => {
    metrics.sourceOperations.series({ operation, format: formatLabel(format), status: 'success' }).add();
  });
}
