import { Injectable } from '@nestjs/common';
import { Answer, Database } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { MediaNotFoundError } from '../playback.errors';
import { ReadableFlows } from '../presentation/readable-flows';
import { type NamedEntry, namedEntry } from './entry-names';
import { MediaUrls } from './media-urls';
import { type LocatedObject, PlaybackRepository } from './playback.repository';

/** What an empty entry is called, whatever the container: players that ask for it look at the bytes, and there are none. */
const NOTHING = 'application/octet-stream';
/** How long a player may keep it, in seconds: the name means a gap for good. */
const GAP_SECONDS = 86_400;

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
   * Sends the player to a URL signed now, so that playback lasts longer than any signature. A gap is an empty body: players
   * that know EXT-X-GAP never ask for it, and those that do not would take a refusal for the end of everything.
   * @throws {FlowNotFoundError} {@link MediaNotFoundError}
   */
  @TraceOperation('playback.entry')
  async answer(flowId: string, name: string, baseUrl: string): Promise<Answer<string>> {
    await this.flows.get(flowId);
    const entry = namedEntry(name);
    if (entry?.kind === 'gap') return Answer.text('', NOTHING, { 'Cache-Control': `private, max-age=${GAP_SECONDS}` });
    const object = entry && (await this.objectOf(flowId, entry));
    const url = object && this.urls.of(object, baseUrl);
    if (url === undefined) throw new MediaNotFoundError();
    return Answer.found(url, { 'Cache-Control': 'no-store' });
  }

  private objectOf(flowId: string, entry: Exclude<NamedEntry, { kind: 'gap' }>): Promise<LocatedObject | undefined> {
    return entry.kind === 'segment'
      ? this.repository.segmentObject(this.database, flowId, entry.end)
      : this.repository.initObject(this.database, flowId, entry.objectId);
  }
}
