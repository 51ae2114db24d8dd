import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { matchesTags } from '@tams/model';
import {
  type BackendUrl,
  type GetUrlOptions,
  isOpenTo,
  type StorageBackend,
  type StorageBackendDetails,
  StorageBackends,
} from '@tams/storage';
import { acceptsNoGetUrl, type GetUrlFilter } from './get-url-filter';

/** Where an object is: on a backend of ours (`storage_id`), or at a URL a client gave (`url`, perhaps with a `label`). */
export interface ObjectInstance {
  readonly storage_id: string | null;
  readonly label: string | null;
  readonly url: string | null;
}

/** One entry of `get_urls` (schemas/object-core.json). */
export interface GetUrl extends Partial<Omit<StorageBackendDetails, 'id' | 'default_storage'>> {
  readonly url: string;
  readonly presigned: boolean;
  readonly storage_id?: string;
  readonly controlled?: boolean;
}

/** A backend that passes the filter, with what its URLs say beside `url` and `presigned`. */
interface EligibleBackend {
  readonly id: string;
  readonly backend: StorageBackend;
  readonly metadata: Partial<GetUrl>;
  /** The JSON text its entries begin with, up to the URL. */
  readonly opening: string;
}

/** Writes the `get_urls` of objects. */
@Injectable()
export class GetUrls {
  /** One filter serves a whole page of objects, so backends are judged once for each. */
  private readonly eligible = new WeakMap<GetUrlFilter, readonly EligibleBackend[]>();

  constructor(
    private readonly backends: StorageBackends,
    private readonly classes: ClassAccess,
  ) {}

  /** Whether some URLs carry the name of what they lead to. */
  get nameMedia(): boolean {
    return this.backends.all.some(({ urlsNameMedia }) => urlsNameMedia);
  }

  /** The filter, less what the caller may not read. */
  narrow(filter: GetUrlFilter): GetUrlFilter {
    const { readable } = this.classes;
    return readable ? { ...filter, readable } : filter;
  }

  /**
   * The URLs an object can be read from, preferred first: controlled before uncontrolled, presigned before plain, the
   * default backend before others. Instances on backends that are not configured any more are left out.
   * @param baseUrl where clients reach this server, without a trailing slash
   * @param contentDisposition for stores that read it in the URL
   */
  of(
    objectId: string,
    instances: readonly ObjectInstance[],
    filter: GetUrlFilter,
    baseUrl: string,
    contentDisposition?: string,
  ): GetUrl[] {
    if (acceptsNoGetUrl(filter)) return [];
    const wanted = { objectId, baseUrl, contentDisposition };
    const entries = this.controlled(wanted, instances, filter, ({ metadata }, { url, presigned }) => ({
      ...metadata,
      url,
      presigned,
    }));
    return [...entries, ...uncontrolled(instances, filter)];
  }

  /** What {@link of} gives, as JSON text: for pages of a thousand objects, whose entries differ in their URLs only. */
  json(objectId: string, instances: readonly ObjectInstance[], filter: GetUrlFilter, baseUrl: string): string {
    if (acceptsNoGetUrl(filter)) return '[]';
    const entries = this.controlled(
      { objectId, baseUrl },
      instances,
      filter,
      ({ opening }, { url, presigned }) => `${opening}${JSON.stringify(url)},"presigned":${presigned}}`,
    );
    for (const entry of uncontrolled(instances, filter)) entries.push(JSON.stringify(entry));
    return `[${entries.join(',')}]`;
  }

  /** Entries for URLs on backends of ours, presigned ones first, in the order of the backends. */
  private controlled<Entry>(
    wanted: Omit<GetUrlOptions, 'presigned'>,
    instances: readonly ObjectInstance[],
    filter: GetUrlFilter,
    entryOf: (backend: EligibleBackend, url: BackendUrl) => Entry,
  ): Entry[] {
    const presigned: Entry[] = [];
    const plain: Entry[] = [];
    for (const eligible of this.eligibleFor(filter)) {
      if (!instances.some((instance) => instance.storage_id === eligible.id)) continue;
      for (const url of eligible.backend.getUrls({ ...wanted, presigned: filter.presigned })) {
        if (filter.presigned !== undefined && url.presigned !== filter.presigned) continue;
        (url.presigned ? presigned : plain).push(entryOf(eligible, url));
      }
    }
    presigned.push(...plain);
    return presigned;
  }

  private eligibleFor(filter: GetUrlFilter): readonly EligibleBackend[] {
    let eligible = this.eligible.get(filter);
    if (!eligible) {
      const accepted = this.backends.all.filter(({ details }) => acceptsBackend(details, filter));
      eligible = accepted.map((backend) => {
        const metadata = metadataOf(backend.details, filter.verbose);
        const opening = JSON.stringify({ ...metadata, url: '' }).slice(0, -'""}'.length);
        return { id: backend.details.id, backend, metadata, opening };
      });
      this.eligible.set(filter, eligible);
    }
    return eligible;
  }
}

function acceptsBackend(details: StorageBackendDetails, filter: GetUrlFilter): boolean {
  const { id, label, tags } = details;
  return (
    (filter.labels === undefined || (label !== undefined && filter.labels.has(label))) &&
    (filter.storageIds?.has(id) ?? true) &&
    matchesTags(tags, filter.backendTags) &&
    isOpenTo(details, filter.readable)
  );
}

function metadataOf(details: StorageBackendDetails, verbose: boolean): Partial<GetUrl> {
  const { id, label, store_type, provider, region, availability_zone, store_product, tags } = details;
  const labelled = label === undefined ? {} : { label };
  if (!verbose) return labelled;
  return {
    storage_id: id,
    controlled: true,
    ...labelled,
    store_type,
    provider,
    ...(region === undefined ? {} : { region }),
    ...(availability_zone === undefined ? {} : { availability_zone }),
    store_product,
    ...(tags === undefined ? {} : { tags }),
  };
}

/** URLs clients gave: they have neither a storage id nor backend tags, and nobody signs them. */
function uncontrolled(instances: readonly ObjectInstance[], filter: GetUrlFilter): GetUrl[] {
  const { labels, storageIds, backendTags, presigned, verbose } = filter;
  if (storageIds !== undefined || presigned === true || backendTags.values.length + backendTags.exists.length > 0)
    return [];
  const urls: GetUrl[] = [];
  for (const { url, label } of instances) {
    if (url === null || (labels !== undefined && (label === null || !labels.has(label)))) continue;
    urls.push({
      ...(label === null ? {} : { label }),
      ...(verbose ? { controlled: false } : {}),
      url,
      presigned: false,
    });
  }
  return urls;
}
