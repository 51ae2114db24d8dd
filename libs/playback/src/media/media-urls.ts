import { Injectable } from '@nestjs/common';
import { Database } from '@tams/platform';
import { type GetUrlFilter, GetUrls } from '@tams/objects';
import type { EntryAddresses } from '../playlist/media-playlist';
import type { PlayableSegment } from '../playlist/playable-segment';
import { type LocatedObject, PlaybackRepository } from './playback.repository';

/** Every URL, with what tells controlled from uncontrolled ones. */
const anyUrl: GetUrlFilter = {
  verbose: true,
  labels: undefined,
  storageIds: undefined,
  presigned: undefined,
  backendTags: { values: [], exists: [] },
};

/** Where players fetch media. */
@Injectable()
export class MediaUrls {
  constructor(
    private readonly database: Database,
    private readonly repository: PlaybackRepository,
    private readonly getUrls: GetUrls,
  ) {}

  /** A URL that needs no credentials: a presigned one, or one a client vouches for; `undefined` when there is none. */
  of({ object_id: objectId, instances }: LocatedObject, baseUrl: string): string | undefined {
    const urls = this.getUrls.of(objectId, instances ?? [], this.getUrls.narrow(anyUrl), baseUrl);
    return urls.find(({ presigned, controlled }) => presigned || controlled !== true)?.url;
  }

  /**
   * Addresses that are such URLs themselves, and last as long as those do.
   * @param segments what is listed, in time order
   * @param otherwise the address of what has no URL
   */
  async direct(
    flowId: string,
    segments: readonly PlayableSegment[],
    baseUrl: string,
    otherwise: EntryAddresses,
  ): Promise<EntryAddresses> {
    const [first, last] = [segments[0], segments.at(-1)];
    if (!first || !last) return otherwise;
    const media = new Map<bigint, string>();
    const inits = new Map<string, string>();
    for (const location of await this.repository.locations(this.database, flowId, first.end, last.end)) {
      const url = this.of(location, baseUrl);
      if (url !== undefined) media.set(BigInt(location.end_ns), url);
      const { init_object_id: initId, init_instances: instances } = location;
      if (initId === null || inits.has(initId)) continue;
      const initUrl = this.of({ object_id: initId, instances }, baseUrl);
      if (initUrl !== undefined) inits.set(initId, initUrl);
    }
    return {
      segment: (segment) => media.get(segment.end) ?? otherwise.segment(segment),
      init: (objectId) => inits.get(objectId) ?? otherwise.init(objectId),
      gap: otherwise.gap,
    };
  }
}
