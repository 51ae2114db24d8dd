import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import { type Answer, BaseUrl } from '@tams/platform';
import { EntryService } from './media/entry.service';
import { playbackOperations } from './playback.operations';
import { entryName, playlistQuery, type PlaylistQuery } from './playback.schema';
import { PlaybackService } from './playback.service';

/** Playback of Flows and Sources: our own addition to the specification, under addresses it does not use. */
@Controller()
export class PlaybackController {
  constructor(
    private readonly playback: PlaybackService,
    private readonly entries: EntryService,
  ) {}

  @playbackOperations.flow
  @Get('flows/:flowId/output.m3u8')
  flow(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Headers('if-none-match') known: string | undefined,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<string>> {
    return this.playback.flow(flowId, query, { known, baseUrl });
  }

  @playbackOperations.entry
  @Get('flows/:flowId/output/:entry')
  entry(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Param('entry', { schema: entryName }) entry: string,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<string>> {
    return this.entries.answer(flowId, entry, baseUrl);
  }

  @playbackOperations.source
  @Get('sources/:sourceId/output.m3u8')
  source(
    @Param('sourceId', { schema: uuid }) sourceId: string,
    @Query({ schema: playlistQuery }) query: PlaylistQuery,
    @Headers('if-none-match') known: string | undefined,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<string>> {
    return this.playback.source(sourceId, query, { known, baseUrl });
  }
}
