import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { type Answer, BaseUrl } from '@tams/platform';
import { entryName, playlistQuery, type PlaylistQuery } from '../playback.schema';
import { playbackTokenOperations } from './playback-token.operations';
import {
  type PlaybackUrl,
  playbackUrlRequest,
  type PlaybackUrlRequest,
  revocationQuery,
  type RevocationQuery,
} from './playback-token.schema';
import { PlaybackTokenService } from './playback-token.service';
import { TokenPlaybackService } from './token-playback.service';

/** Playback with a token in the address, and the tokens themselves. */
@Controller()
export class PlaybackTokensController {
  constructor(
    private readonly tokens: PlaybackTokenService,
    private readonly playback: TokenPlaybackService,
  ) {}

  @playbackTokenOperations.issue
  @Post('service/playback-tokens')
  issue(
    @Body({ schema: playbackUrlRequest }) request: PlaybackUrlRequest,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<PlaybackUrl>> {
    return this.playback.url(request, baseUrl);
  }

  @playbackTokenOperations.revoke
  @Delete('service/playback-tokens')
  @HttpCode(204)
  revoke(@Query({ schema: revocationQuery }) { principal }: RevocationQuery): Promise<void> {
    return this.tokens.revoke(principal);
  }

  @playbackTokenOperations.playlist
  @Get('playback/:token/output.m3u8')
  playlist(
    @Param('token') token: string,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Headers('if-none-match') known: string | undefined,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<string>> {
    return this.playback.playlist(token, query, { known, baseUrl });
  }

  @playbackTokenOperations.entry
  @Get('playback/:token/output/:entry')
  entry(
    @Param('token') token: string,
    @Param('entry', { schema: entryName }) entry: string,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<string>> {
    return this.playback.entry(token, entry, baseUrl);
  }
}
