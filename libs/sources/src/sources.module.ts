import { Module } from '@nestjs/common';
import { SourceEvents } from './source-events';
import { SourceRepository } from './source.repository';
import { SourceReadingService } from './source-reading.service';
import { SourceWritingService } from './source-writing.service';
import { SourcesController } from './sources.controller';

/** Sources: what the media is, before any encoding. */
@Module({
  controllers: [SourcesController],
  providers: [SourceRepository, SourceEvents, SourceReadingService, SourceWritingService],
  exports: [SourceEvents, SourceReadingService, SourceWritingService],
})
export class SourcesModule {}
