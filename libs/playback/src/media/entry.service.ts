import { Injectable } from '@nestjs/common';
import { Answer, Database } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { MediaNotFoundError } from '../playback.errors';
import { ReadableFlows } from '../presentation/readable-flows';
import { namedEntry } from './entry-names';
import { MediaUrls } from './media-urls';
import { PlaybackRepository } from './playback.repository';

/** Leads players from the entries of playlists to the media. */
@Injectable()
export class EntryService {
  constructor(
    private readonly flows: ReadableFlows,
    private readonly database: Database,
    private readonly repository: PlaybackRepository,
    private readonly urls: MediaUrls,
  ) {}

  /**
   * Sends the player to a URL signed now, so that playback lasts longer than any signature.
   * @throws {FlowNotFoundError} {@link MediaNotFoundError}
   */
  @TraceOperation('playback.entry')
  async redirect(flowId: string, name: string, baseUrl: string): Promise<Answer<never>> {
    await this.flows.get(flowId);
    const entry = namedEntry(name);
    const object =
      entry &&
      (entry.kind === 'segment'
        ? await this.repository.segmentObject(this.database, flowId, entry.end)
        : await this.repository.initObject(this.database, flowId, entry.objectId));
    const url = object && this.urls.of(object, baseUrl);
    if (url === undefined) throw new MediaNotFoundError();
    return Answer.found(url, { 'Cache-Control': 'no-store' });
  }
}
