import { Injectable } from '@nestjs/common';
import { StorageBackends } from '../backends/storage-backends';
import type { StorageBackendDetails } from '../backends/storage-backend';
import type { GetUrlFilter } from './get-url-filter';

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

/** Writes the `get_urls` of objects. */
@Injectable()
export class GetUrls {
  constructor(private readonly backends: StorageBackends) {}

  /**
   * The URLs an object can be read from, preferred first: controlled before uncontrolled, presigned before plain.
   * @param baseUrl where clients reach this server, without a trailing slash
   */
  of(_objectId: string, _instances: readonly ObjectInstance[], _filter: GetUrlFilter, _baseUrl: string): GetUrl[] {
    throw new Error(`Not implemented yet (${this.backends.all.length} backends).`);
  }
}
