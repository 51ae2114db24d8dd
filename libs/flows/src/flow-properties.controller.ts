import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import {
  description as descriptionSchema,
  label as labelSchema,
  type Tags,
  tagValue,
  uuid,
  wholeNumber,
} from '@tams/model';
import { z } from 'zod';
import { flowCollection, type FlowCollectionItem } from './collections/flow-collection.schema';
import { flowPropertyOperations as operations } from './flow.operations';
import { FlowPropertiesService } from './writing/flow-properties.service';

/** Sub-resources of `/flows/{flowId}`: one property or tag each. */
@Controller('flows/:flowId')
export class FlowPropertiesController {
  constructor(private readonly properties: FlowPropertiesService) {}

  @operations.tags.list
  @Get('tags')
  tags(@Param('flowId', { schema: uuid }) flowId: string): Promise<Tags> {
    return this.properties.tags(flowId);
  }

  @operations.tags.get
  @Get('tags/:name')
  tag(@Param('flowId', { schema: uuid }) flowId: string, @Param('name') name: string): Promise<string | string[]> {
    return this.properties.tag(flowId, name);
  }

  @operations.tags.put
  @Put('tags/:name')
  @HttpCode(204)
  setTag(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Param('name') name: string,
    @Body({ schema: tagValue }) value: string | string[],
  ): Promise<void> {
    return this.properties.setTag(flowId, name, value);
  }

  @operations.tags.remove
  @Delete('tags/:name')
  @HttpCode(204)
  removeTag(@Param('flowId', { schema: uuid }) flowId: string, @Param('name') name: string): Promise<void> {
    return this.properties.removeTag(flowId, name);
  }

  @operations.description.get
  @Get('description')
  description(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'description');
  }

  @operations.description.put
  @Put('description')
  @HttpCode(204)
  setDescription(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: descriptionSchema }) text: string,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'description', text);
  }

  @operations.description.remove
  @Delete('description')
  @HttpCode(204)
  removeDescription(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'description');
  }

  @operations.label.get
  @Get('label')
  label(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'label');
  }

  @operations.label.put
  @Put('label')
  @HttpCode(204)
  setLabel(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: labelSchema }) text: string,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'label', text);
  }

  @operations.label.remove
  @Delete('label')
  @HttpCode(204)
  removeLabel(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'label');
  }

  @operations.readOnly.get
  @Get('read_only')
  readOnly(@Param('flowId', { schema: uuid }) flowId: string): Promise<boolean> {
    return this.properties.readOnly(flowId);
  }

  @operations.readOnly.put
  @Put('read_only')
  @HttpCode(204)
  setReadOnly(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: z.boolean() }) readOnly: boolean,
  ): Promise<void> {
    return this.properties.setReadOnly(flowId, readOnly);
  }

  @operations.collection.get
  @Get('flow_collection')
  collection(@Param('flowId', { schema: uuid }) flowId: string): Promise<FlowCollectionItem[]> {
    return this.properties.collection(flowId);
  }

  @operations.collection.put
  @Put('flow_collection')
  @HttpCode(204)
  setCollection(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: flowCollection }) items: FlowCollectionItem[],
  ): Promise<void> {
    return this.properties.setCollection(flowId, items);
  }

  @operations.collection.remove
  @Delete('flow_collection')
  @HttpCode(204)
  removeCollection(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.setCollection(flowId, []);
  }

  @operations.maxBitRate.get
  @Get('max_bit_rate')
  maxBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'max_bit_rate');
  }

  @operations.maxBitRate.put
  @Put('max_bit_rate')
  @HttpCode(204)
  setMaxBitRate(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: wholeNumber }) rate: number,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'max_bit_rate', rate);
  }

  @operations.maxBitRate.remove
  @Delete('max_bit_rate')
  @HttpCode(204)
  removeMaxBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'max_bit_rate');
  }

  @operations.averageBitRate.get
  @Get('avg_bit_rate')
  averageBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<unknown> {
    return this.properties.property(flowId, 'avg_bit_rate');
  }

  @operations.averageBitRate.put
  @Put('avg_bit_rate')
  @HttpCode(204)
  setAverageBitRate(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: wholeNumber }) rate: number,
  ): Promise<void> {
    return this.properties.setProperty(flowId, 'avg_bit_rate', rate);
  }

  @operations.averageBitRate.remove
  @Delete('avg_bit_rate')
  @HttpCode(204)
  removeAverageBitRate(@Param('flowId', { schema: uuid }) flowId: string): Promise<void> {
    return this.properties.removeProperty(flowId, 'avg_bit_rate');
  }
}
