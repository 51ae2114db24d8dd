import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import {
  description as descriptionSchema,
  label as labelSchema,
  type Tags,
  tagValue,
  uuid,
  wholeNumber,
} from '@tams/platform';
import { z } from 'zod';
import { flowCollection, type FlowCollectionItem } from './flow-collection.schema';
import { FlowPropertiesService } from './flow-properties.service';

/** Sub-resources of `/flows/{flowId}`: one property or tag each. */
@Controller('flows/:flowId')
export class FlowPropertiesController {
  constructor(private readonly properties: FlowPropertiesService) {}

  @Get('tags')
  tags(@Param('flowId', { schema: uuid }) flowId: string): Promise<Tags> {
    return this.properties.tags(flowId);
  }

  @Get('tags/:name')
  tag(@Param('flowId', { schema: uuid }) flowId: string, @Param('name') name: string): Promise<string | string[]> {
    return this.properties.tag(flowId, name);
  }

  @Put('tags/:name')
  @HttpCode(204)
  setTag(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Param('name') name: string,
    @Body({ schema: tagValue }) value: string | string[],
  ): Promise<void> {
    return this.properties.setTag(flowId, name, value);
  }

  @Delete('tags/:name')
  @HttpCode(204)
  removeTag(@Param('flowId', { schema: uuid }) flowId: string, @Param('name') name: string): Promise<void> {
    return this.properties.removeTag(flowId, name);
  }

  @Get('description')
  description(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'description');
  }

  @Put('description')
  @HttpCode(204)
  setDescription(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: descriptionSchema }) text: string,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'description', text);
  }

  @Delete('description')
  @HttpCode(204)
  removeDescription(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'description');
  }

  @Get('label')
  label(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'label');
  }

  @Put('label')
  @HttpCode(204)
  setLabel(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: labelSchema }) text: string,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'label', text);
  }

  @Delete('label')
  @HttpCode(204)
  removeLabel(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'label');
  }

  @Get('read_only')
  readOnly(@Param('flowId', { schema: uuid }) flowId: string): Promise<boolean> {
    return this.properties.readOnly(flowId);
  }

  @Put('read_only')
  @HttpCode(204)
  setReadOnly(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: z.boolean() }) readOnly: boolean,
  ): Promise<void> {
    return this.properties.setReadOnly(flowId, readOnly);
  }

  @Get('flow_collection')
  collection(@Param('flowId', { schema: uuid }) flowId: string): Promise<FlowCollectionItem[]> {
    return this.properties.collection(flowId);
  }

  @Put('flow_collection')
  @HttpCode(204)
  setCollection(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: flowCollection }) items: FlowCollectionItem[],
  ): Promise<void> {
    return this.properties.setCollection(flowId, items);
  }

  @Delete('flow_collection')
  @HttpCode(204)
  removeCollection(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.setCollection(flowId, []);
  }

  @Get('max_bit_rate')
  maxBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'max_bit_rate');
  }

  @Put('max_bit_rate')
  @HttpCode(204)
  setMaxBitRate(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: wholeNumber }) rate: number,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'max_bit_rate', rate);
  }

  @Delete('max_bit_rate')
  @HttpCode(204)
  removeMaxBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'max_bit_rate');
  }

  @Get('avg_bit_rate')
  averageBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'avg_bit_rate');
  }

  @Put('avg_bit_rate')
  @HttpCode(204)
  setAverageBitRate(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: wholeNumber }) rate: number,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'avg_bit_rate', rate);
  }

  @Delete('avg_bit_rate')
  @HttpCode(204)
  removeAverageBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'avg_bit_rate');
  }
}
