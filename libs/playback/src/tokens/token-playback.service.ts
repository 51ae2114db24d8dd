import { Injectable } from '@nestjs/common';
import type { Answer } from '@tams/platform';
import { SourceReadingService } from '@tams/sources';
import { EntryService } from '../media/entry.service';
import { MediaNotFoundError } from '../playback.errors';
import type { PlaylistQuery } from '../playback.schema';
import { type PlaylistRequest, PlaybackService } from '../playback.service';
import { ReadableFlows } from '../presentation/readable-flows';
import type { PlaybackUrl, PlaybackUrlRequest } from './playback-token.schema';
import { PlaybackTokenService } from './playback-token.service';

/** What a token opens, played for its holder. */
@Injectable()
export class TokenPlaybackService {
  constructor(
    private readonly tokens: PlaybackTokenService,
    private readonly playback: PlaybackService,
    private readonly entries: EntryService,
    private readonly flows: ReadableFlows,
    private readonly sources: SourceReadingService,
  ) {}

  /** @throws {FlowNotFoundError} {@link SourceNotFoundError} when the caller may not read it */
  async url(request: PlaybackUrlRequest, baseUrl: string): Promise<Answer<PlaybackUrl>> {
    if (request.flow_id !== undefined) await this.flows.get(request.flow_id);
    if (request.source_id !== undefined) await this.sources.get(request.source_id);
    return this.tokens.url(request, baseUrl);
  }

  /** @throws {PlaybackTokenInvalidError} and what playing it by its own address throws */
  playlist(token: string, query: PlaylistQuery, request: PlaylistRequest): Promise<Answer<string>> {
    return this.tokens.open(token, ({ kind, id }, expires) =>
      kind === 'flow'
        ? this.playback.flow(id, query, { ...request, tokenExpires: expires })
        : this.playback.source(id, query, { ...request, tokenExpires: expires }),
    );
  }

  /** @throws {PlaybackTokenInvalidError} {@link FlowNotFoundError} {@link MediaNotFoundError} */
  entry(token: string, name: string, baseUrl: string): Promise<Answer<string>> {
    return this.tokens.open(token, ({ kind, id }) => {
      // A Source has no entries of its own.
      if (kind !== 'flow') throw new MediaNotFoundError();
      return this.entries.answer(id, name, baseUrl);
    });
  }
}
