import { Module } from '@nestjs/common';
import { SourcesModule } from '@tams/sources';
import { ObjectsModule } from '@tams/objects';
import { EntryService } from './media/entry.service';
import { MediaPlaylistService } from './media/media-playlist.service';
import { EdgeWatch } from './live/edge-watch';
import { LivePlaylistRepository } from './live/live-playlist.repository';
import { LivePlaylistService } from './live/live-playlist.service';
import { LivePublisher } from './live/live-publisher';
import { MediaUrls } from './media/media-urls';
import { PlaybackRepository } from './media/playback.repository';
import { PlaybackController } from './playback.controller';
import { PlaybackService } from './playback.service';
import { CandidatesService } from './presentation/candidates.service';
import { MultivariantService } from './presentation/multivariant.service';
import { PresentationRepository } from './presentation/presentation.repository';
import { ReadableFlows } from './presentation/readable-flows';
import { PlaybackTokenRepository } from './tokens/playback-token.repository';
import { PlaybackTokenService } from './tokens/playback-token.service';
import { PlaybackTokensController } from './tokens/playback-tokens.controller';
import { TokenPlaybackService } from './tokens/token-playback.service';

/** HLS views of Flows and Sources. */
@Module({
  imports: [SourcesModule, ObjectsModule],
  controllers: [PlaybackController, PlaybackTokensController],
  providers: [
    PlaybackRepository,
    PresentationRepository,
    ReadableFlows,
    CandidatesService,
    MediaUrls,
    EntryService,
    MediaPlaylistService,
    MultivariantService,
    EdgeWatch,
    LivePlaylistRepository,
    LivePublisher,
    LivePlaylistService,
    PlaybackService,
    PlaybackTokenRepository,
    PlaybackTokenService,
    TokenPlaybackService,
  ],
})
export class PlaybackModule {}
