import { Module } from '@nestjs/common';
import { SourceRepository } from './source.repository';
import { SourceService } from './source.service';
import { SourcesController } from './sources.controller';

/** Sources: what the media is, before any encoding. */
@Module({ controllers: [SourcesController], providers: [SourceRepository, SourceService], exports: [SourceService] })
export class SourcesModule {}
