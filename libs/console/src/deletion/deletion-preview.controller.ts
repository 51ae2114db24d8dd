import { Controller, Get, Param, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION, INVALID_QUERY } from '../operations';
import {
  deletionPreview,
  type DeletionPreview,
  deletionPreviewQuery,
  type DeletionPreviewQuery,
} from './deletion-preview.schema';
import { DeletionPreviewService } from './deletion-preview.service';

/** `/console/api/flows/{flowId}/deletion-preview`. */
@Controller('console/api/flows/:flowId/deletion-preview')
export class DeletionPreviewController {
  constructor(private readonly deletions: DeletionPreviewService) {}

  @Get()
  @Operation({
    id: 'GET_console-flows-flowId-deletion-preview',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'What a deletion would take with it',
    description: `Segments, objects and bytes that would go with a Flow, or with part of it, and objects that stay because others use them; of the first 2,000 segments. Changes nothing. ${EXTENSION}`,
    success: {
      schema: deletionPreview,
      example: {
        flow_id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
        label: 'Camera 1',
        read_only: false,
        flow_segment_count: 1800,
        segments: 1800,
        more: false,
        objects: 1800,
        shared_objects: 12,
        bytes: 2_250_000_000,
        freed_bytes: 2_235_000_000,
      },
    },
    errors: { 400: INVALID_QUERY, 404: 'There is no such Flow.' },
  })
  preview(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: deletionPreviewQuery }) query: DeletionPreviewQuery,
  ): Promise<DeletionPreview> {
    return this.deletions.of(flowId, query);
  }
}
