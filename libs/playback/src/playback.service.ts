import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Answer } from '@tams/platform';
import { SourceReadingService } from '@tams/sources';
import { noteFormat, TraceOperation } from '@tams/telemetry';
import { LivePlaylistService } from './live/live-playlist.service';
import { type FlowAddresses } from './media/addresses';
import { MediaPlaylistService } from './media/media-playlist.service';
import { NotPlayableError } from './playback.errors';
import type { PlaylistQuery } from './playback.schema';
import { PLAYLIST_MEDIA_TYPE } from './playlist/tags';
import { obstacleOf, playlistTypeOf } from './presentation/candidate';
import { MultivariantService } from './presentation/multivariant.service';
import { PlaybackTokenService } from './tokens/playback-token.service';
import { ReadableFlows } from './presentation/readable-flows';

/** How long a playlist may be taken for what there is, in seconds. */
const FRESH_SECONDS = 1;
/** Entries of a Flow's own playlist, relative to it. */
const ownEntries: FlowAddresses = { playlist: 'output.m3u8', entries: 'output/' };

/** What a request says beside what it asks for. */
export interface PlaylistRequest {
  /** `If-None-Match`: what the client has already. */
  readonly known: string | undefined;
  /** Where clients reach this server, without a trailing slash. */
  readonly baseUrl: string;
  /** When the token expires by which the playlist is read; absent for whoever says who they are. */
  readonly tokenExpires?: Date;
}

/** Playlists of Flows and Sources, for whoever may read them. */
@Injectable()
export class PlaybackService {
  constructor(
    private readonly flows: ReadableFlows,
    private readonly sources: SourceReadingService,
    private readonly mediaPlaylists: MediaPlaylistService,
    private readonly livePlaylists: LivePlaylistService,
    private readonly multivariants: MultivariantService,
    private readonly tokens: PlaybackTokenService,
  ) {}

  /**
   * A Flow with segments of its own is a media playlist, any other a multivariant playlist of what it collects.
   * @throws {FlowNotFoundError} {@link NotPlayableError} {@link NothingToPlayError}
   */
  @TraceOperation('playback.flow')
  async flow(flowId: string, query: PlaylistQuery, request: PlaylistRequest): Promise<Answer<string>> {
    const { known, baseUrl, tokenExpires } = request;
    const flow = await this.flows.get(flowId);
    noteFormat(flow.kind);
    if (flow.container === undefined || (flow.kind === 'multi' && flow.segmentCount === 0))
      return answerOf(await this.multivariants.ofFlow(flow, query, tokenExpires), known);
    const obstacle = obstacleOf(flow);
    if (obstacle !== undefined) throw new NotPlayableError([obstacle]);
    const type = query.type ?? playlistTypeOf(flow);
    const playlists = type === 'live' ? this.livePlaylists : this.mediaPlaylists;
    const addresses = tokenExpires ? ownEntries : (await this.tokens.addresses([flow.id])).get(flow.id);
    return answerOf(await playlists.playlist(flow, query, addresses ?? ownEntries, baseUrl), known);
  }

  /** @throws {SourceNotFoundError} {@link NotPlayableError} {@link NothingToPlayError} */
  @TraceOperation('playback.source')
  async source(sourceId: string, query: PlaylistQuery, request: PlaylistRequest): Promise<Answer<string>> {
    const { known, tokenExpires } = request;
    const { format } = await this.sources.get(sourceId);
    noteFormat(format);
    return answerOf(await this.multivariants.ofSource(sourceId, query, tokenExpires), known);
  }
}

function answerOf(text: string, known: string | undefined): Answer<string> {
  const etag = `"${createHash('sha1').update(text).digest('base64url')}"`;
  const headers = { ETag: etag, 'Cache-Control': `private, max-age=${FRESH_SECONDS}` };
  const isKnown = known?.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim()));
  return isKnown ? Answer.notModified(headers) : Answer.text(text, PLAYLIST_MEDIA_TYPE, headers);
}
