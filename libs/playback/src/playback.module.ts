import { Module } from '@nestjs/common';
import { SourcesModule } from '@tams/sources';
import { ObjectsModule } from '@tams/objects';
import { EntryService } from './media/entry.service';
import { MediaPlaylistService } from './media/media-playlist.service';
import { MediaUrls } from './media/media-urls';
import { PlaybackRepository } from './media/playback.repository';
import { PlaybackController } from './playback.controller';
import { PlaybackService } from './playback.service';
import { CandidatesService } from './presentation/candidates.service';
import { MultivariantService } from './presentation/multivariant.service';
import { PresentationRepository } from './presentation/presentation.repository';
import { ReadableFlows } from './presentation/readable-flows';

/** HLS views of Flows and Sources. */
@Module({
  imports: [SourcesModule, ObjectsModule],
  controllers: [PlaybackController],
  providers: [
    PlaybackRepository,
    PresentationRepository,
    ReadableFlows,
    CandidatesService,
    MediaUrls,
    EntryService,
    MediaPlaylistService,
    MultivariantService,
    PlaybackService,
  ],
})
export class PlaybackModule {}
