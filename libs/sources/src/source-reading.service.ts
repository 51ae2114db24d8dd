import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import type { Tags } from '@tams/model';
import { Database, type Page, pageOf, ReadDatabase, withPageMemory } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { SourceNotFoundError, SourcePropertyNotSetError } from './source.errors';
import { present } from './source-presentation';
import { SourceRepository } from './source.repository';
import type { Source, SourceListQuery } from './source.schema';

/** Reading Sources: those there are for the caller. */
@Injectable()
export class SourceReadingService {
  constructor(
    private readonly database: Database,
    private readonly reads: ReadDatabase,
    private readonly sources: SourceRepository,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation<[SourceListQuery]>('source.list', { format: ({ args: [query] }) => query.format })
  async list(query: SourceListQuery): Promise<Page<Source>> {
    const tags = this.classes.narrow(query.tags);
    return withPageMemory(query.limit, async () => {
      const rows = await this.sources.list(this.reads, { ...query, tags }, this.classes.readable);
      return pageOf(rows, this.sources.ordering(query), query, present);
    });
  }

  /** @throws {SourceNotFoundError} */
  @TraceOperation<[string], Source>('source.read', { format: ({ result }) => result?.format })
  async get(sourceId: string): Promise<Source> {
    const row = await this.sources.find(this.database, sourceId, this.classes.readable);
    if (!row) throw new SourceNotFoundError(sourceId);
    this.classes.require('read', row.tags, () => new SourceNotFoundError(sourceId));
    return present(row);
  }

  /** @throws {SourcePropertyNotSetError} when the Source has no such property */
  async property(sourceId: string, name: 'label' | 'description'): Promise<string> {
    const value = (await this.get(sourceId))[name];
    if (value === undefined) throw new SourcePropertyNotSetError(sourceId, name);
    return value;
  }

  async tags(sourceId: string): Promise<Tags> {
    return (await this.get(sourceId)).tags ?? {};
  }

  /** @throws {SourcePropertyNotSetError} when the Source has no such tag */
  async tag(sourceId: string, name: string): Promise<string | string[]> {
    const tags = await this.tags(sourceId);
    const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
    if (value === undefined) throw new SourcePropertyNotSetError(sourceId, `tag ${name}`);
    return value;
  }
}
