import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { type Tags, uuid } from '@tams/model';
import type { Page } from '@tams/platform';
import { sourceOperations } from './source.operations';
import {
  type Source,
  sourceDescription,
  sourceLabel,
  sourceListQuery,
  type SourceListQuery,
  sourceTagValue,
} from './source.schema';
import { SourceReadingService } from './source-reading.service';
import { SourceWritingService } from './source-writing.service';

/** `/sources` and its sub-resources. */
@Controller('sources')
export class SourcesController {
  constructor(
    private readonly reading: SourceReadingService,
    private readonly writing: SourceWritingService,
  ) {}

  @sourceOperations.list
  @Get()
  list(@Query({ schema: sourceListQuery }) query: SourceListQuery): Promise<Page<Source>> {
    return this.reading.list(query);
  }

  @sourceOperations.get
  @Get(':sourceId')
  get(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<Source> {
    return this.reading.get(sourceId);
  }

  @sourceOperations.tags.list
  @Get(':sourceId/tags')
  tags(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<Tags> {
    return this.reading.tags(sourceId);
  }

  @sourceOperations.tags.get
  @Get(':sourceId/tags/:name')
  tag(@Param('sourceId', { schema: uuid }) sourceId: string, @Param('name') name: string): Promise<string | string[]> {
    return this.reading.tag(sourceId, name);
  }

  @sourceOperations.tags.put
  @Put(':sourceId/tags/:name')
  @HttpCode(204)
  setTag(
    @Param('sourceId', { schema: uuid }) sourceId: string,
    @Param('name') name: string,
    @Body({ schema: sourceTagValue }) value: string | string[],
  ): Promise<void> {
    return this.writing.setTag(sourceId, name, value);
  }

  @sourceOperations.tags.remove
  @Delete(':sourceId/tags/:name')
  @HttpCode(204)
  removeTag(@Param('sourceId', { schema: uuid }) sourceId: string, @Param('name') name: string): Promise<void> {
    return this.writing.removeTag(sourceId, name);
  }

  @sourceOperations.description.get
  @Get(':sourceId/description')
  description(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<string> {
    return this.reading.property(sourceId, 'description');
  }

  @sourceOperations.description.put
  @Put(':sourceId/description')
  @HttpCode(204)
  setDescription(
    @Param('sourceId', { schema: uuid }) sourceId: string,
    @Body({ schema: sourceDescription }) description: string,
  ): Promise<void> {
    return this.writing.setProperty(sourceId, { description });
  }

  @sourceOperations.description.remove
  @Delete(':sourceId/description')
  @HttpCode(204)
  removeDescription(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<void> {
    return this.writing.setProperty(sourceId, { description: null });
  }

  @sourceOperations.label.get
  @Get(':sourceId/label')
  label(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<string> {
    return this.reading.property(sourceId, 'label');
  }

  @sourceOperations.label.put
  @Put(':sourceId/label')
  @HttpCode(204)
  setLabel(
    @Param('sourceId', { schema: uuid }) sourceId: string,
    @Body({ schema: sourceLabel }) label: string,
  ): Promise<void> {
    return this.writing.setProperty(sourceId, { label });
  }

  @sourceOperations.label.remove
  @Delete(':sourceId/label')
  @HttpCode(204)
  removeLabel(@Param('sourceId', { schema: uuid }) sourceId: string): Promise<void> {
    return this.writing.setProperty(sourceId, { label: null });
  }
}
