import { Module } from '@nestjs/common';
import { SourceEvents } from './source-events';
import { SourceRepository } from './source.repository';
import { SourceService } from './source.service';
import { SourcesController } from './sources.controller';

/** Sources: what the media is, before any encoding. */
@Module({
  controllers: [SourcesController],
  providers: [SourceRepository, SourceEvents, SourceService],
  exports: [SourceEvents, SourceService],
})
export class SourcesModule {}
