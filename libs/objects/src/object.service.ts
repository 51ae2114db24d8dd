import { Injectable } from '@nestjs/common';
import { ClassAccess, idsWithinClasses } from '@tams/auth';
import { uuid } from '@tams/model';
import { Database, decodeCursor, encodeCursor, Page } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { GetUrls } from './get-urls/get-urls';
import { MediaNames } from './media/media-names';
import { ObjectAccess } from './object-access';
import { ObjectNotFoundError } from './object.errors';
import { ObjectRepository, type RegisteredObject } from './object.repository';
import type { ObjectDocument, ObjectQuery } from './object.schema';

/** Reading objects: what they hold, where they are, and which Flows use them. */
@Injectable()
export class ObjectService {
  constructor(
    private readonly database: Database,
    private readonly objects: ObjectRepository,
    private readonly getUrls: GetUrls,
    private readonly access: ObjectAccess,
    private readonly classes: ClassAccess,
    private readonly names: MediaNames,
  ) {}

  /**
   * One object, with a page of the Flows that use it and that the caller may read, in order of their ids.
   * @throws {ObjectNotFoundError} also when it was only allocated
   */
  @TraceOperation('object.read')
  async get(objectId: string, query: ObjectQuery, baseUrl: string): Promise<Page<string, ObjectDocument>> {
    const after = query.page === undefined ? undefined : decodeCursor(query.page, uuid);
    const object = await this.find(objectId);
    const request = { flowTags: this.classes.narrow(query.flowTags), after, count: query.limit + 1 };
    const flows = await this.objects.referencingFlows(this.database, object, request);
    const shown = flows.slice(0, query.limit);
    const last = shown.at(-1);
    const nextKey = flows.length > shown.length && last !== undefined ? encodeCursor(last) : undefined;
    const name = this.getUrls.nameMedia ? await this.names.contentDisposition(object.id) : undefined;
    return Page.within(shown, this.present(object, shown, query, baseUrl, name), { limit: query.limit, nextKey });
  }

  private async find(objectId: string): Promise<RegisteredObject> {
    const absent = (): ObjectNotFoundError => new ObjectNotFoundError(objectId);
    const object = await this.objects.find(this.database, objectId);
    if (!object) throw absent();
    await this.access.require(this.database, 'read', objectId, absent);
    const { first_referenced_by_flow: first } = object;
    const { readable } = this.classes;
    if (first === null || !readable) return object;
    const visible = await idsWithinClasses(this.database, 'flow', [first], readable);
    return visible.has(first) ? object : { ...object, first_referenced_by_flow: null };
  }

  private present(
    object: RegisteredObject,
    flows: readonly string[],
    query: ObjectQuery,
    baseUrl: string,
    name: string | undefined,
  ): ObjectDocument {
    const filter = this.getUrls.narrow(query.getUrls);
    const urls = (id: string, instances: RegisteredObject['instances'], named?: string): ObjectDocument['get_urls'] =>
      this.getUrls.of(id, instances ?? [], filter, baseUrl, named);
    return {
      id: object.id,
      referenced_by_flows: flows,
      ...(object.first_referenced_by_flow !== null && { first_referenced_by_flow: object.first_referenced_by_flow }),
      ...(object.timerange !== null && { timerange: object.timerange }),
      ...(object.key_frame_count !== null && { key_frame_count: Number(object.key_frame_count) }),
      get_urls: urls(object.id, object.instances, name),
      ...(object.init_object_id !== null && {
        init_object: { id: object.init_object_id, get_urls: urls(object.init_object_id, object.init_instances) },
      }),
    };
  }
}
