import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { acceptsNoGetUrl, type GetUrlFilter, GetUrls, type ObjectInstance, ObjectRepository } from '@tams/objects';
import type { AddedSegment, EventContents } from '@tams/outbox';
import { Batcher, Configuration, Database } from '@tams/platform';
import type { SegmentPresentation } from '../webhook.schema';
import { withoutHiddenMembers } from './hidden-members';
import type { OwedEvent } from './queue.repository';

/** Segments that are signed in one go; after each such number others have their turn. */
const SEGMENTS_AT_A_TIME = 200;

/** Most messages whose objects are looked up together: an event that many webhooks are told of is looked up once. */
const MOST_MESSAGES = 25;

/** Where objects are, for whom does not want to know. */
const NOWHERE: ReadonlyMap<string, readonly ObjectInstance[]> = new Map();

/** How a webhook is told. One such object serves all messages of a webhook: backends are judged once for each. */
export interface MessageView {
  readonly urls: GetUrlFilter;
  readonly withObjectTimerange: boolean;
  /** Classes its owner may read; absent for all. */
  readonly readable: readonly string[] | undefined;
}

/** Reads a webhook's wishes the way GET /flows/{flowId}/segments reads its query. */
export function viewOf(presentation: SegmentPresentation, readable: readonly string[] | undefined): MessageView {
  const storageIds = presentation.accept_storage_ids ?? [];
  return {
    urls: {
      verbose: presentation.verbose_storage ?? false,
      labels: presentation.accept_get_urls && new Set(presentation.accept_get_urls),
      storageIds: storageIds.length > 0 ? new Set(storageIds) : undefined,
      presigned: presentation.presigned,
      backendTags: { values: [], exists: [] },
      ...(readable && { readable }),
    },
    readable,
    withObjectTimerange: presentation.include_object_timerange ?? false,
  };
}

/** What a message is written from. */
export interface ToldEvent extends Pick<OwedEvent, 'type' | 'occurred' | 'base_url'> {
  /** JSON of the message's `event`. */
  readonly content: string;
}

/** Writes the body of an event's message (`webhooks` of the specification's OpenAPI document). */
@Injectable()
export class MessageWriter {
  private readonly fallbackBaseUrl: string;
  private readonly instances: Batcher<readonly string[], ReadonlyMap<string, readonly ObjectInstance[]>>;

  constructor(
    private readonly database: Database,
    objects: ObjectRepository,
    private readonly getUrls: GetUrls,
    configuration: Configuration,
  ) {
    this.instances = new Batcher((lists) => objects.instances(database, [...new Set(lists.flat())]), {
      most: MOST_MESSAGES,
    });
    this.fallbackBaseUrl = configuration.publicBaseUrl ?? `http://localhost:${configuration.port}`;
  }

  async write(event: ToldEvent, view: MessageView): Promise<Buffer> {
    const content = await this.contentOf(event, view);
    return Buffer.from(`{"event_timestamp":"${event.occurred}","event_type":"${event.type}","event":${content}}`);
  }

  private async contentOf(event: ToldEvent, view: MessageView): Promise<string> {
    if (event.type === 'flows/segments_added') return this.withUrls(event, view);
    if (!view.readable) return event.content;
    return withoutHiddenMembers(this.database, event.content, view.readable);
  }

  /** Adds where the objects are now, signed now: a URL signed at the time of the event might have expired. */
  private async withUrls(event: ToldEvent, view: MessageView): Promise<string> {
    const { flow_id, segments } = JSON.parse(event.content) as EventContents['flows/segments_added'];
    const ids = segments.flatMap(({ object_id, init_object }) =>
      init_object ? [object_id, init_object.object_id] : [object_id],
    );
    const instances = acceptsNoGetUrl(view.urls) ? NOWHERE : await this.instances.add(ids);
    const shown: string[] = [];
    for (const [index, segment] of segments.entries()) {
      if (index > 0 && index % SEGMENTS_AT_A_TIME === 0) await setImmediate();
      shown.push(JSON.stringify(this.shown(segment, instances, view, event.base_url ?? this.fallbackBaseUrl)));
    }
    return `{"flow_id":${JSON.stringify(flow_id)},"segments":[${shown.join(',')}]}`;
  }

  private shown(
    segment: AddedSegment,
    instances: ReadonlyMap<string, readonly ObjectInstance[]>,
    view: MessageView,
    baseUrl: string,
  ): object {
    const { object_timerange, init_object, ...rest } = segment;
    const urls = (id: string): object[] => this.getUrls.of(id, instances.get(id) ?? [], view.urls, baseUrl);
    return {
      ...rest,
      ...(view.withObjectTimerange && { object_timerange }),
      get_urls: urls(segment.object_id),
      ...(init_object && {
        init_object: { object_id: init_object.object_id, get_urls: urls(init_object.object_id) },
      }),
    };
  }
}
