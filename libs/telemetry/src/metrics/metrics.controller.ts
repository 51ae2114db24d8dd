import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { expose } from './exposition';
import { registry } from './metrics';

/** `GET /metrics`: Prometheus text, or OpenMetrics with exemplars, as `Accept` prefers. */
@Controller()
export class MetricsController {
  @Get()
  @RouteConfig({ access: 'metrics' })
  @ApiOperation({
    operationId: 'GET_metrics',
    tags: ['Health'],
    summary: 'Metrics',
    description: 'For Prometheus; docs/telemetry.md says what each means.',
  })
  @ApiProduces('text/plain', 'application/openmetrics-text')
  @ApiResponse({ status: 200, description: 'Every metric; exemplars only as OpenMetrics.' })
  @ApiResponse({ status: 'default', description: 'Any refusal or failure.' })
  @Header('Cache-Control', 'no-store')
  async scrape(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { contentType, body } = await expose(registry, accept);
    void reply.type(contentType);
    // Bytes, because texts are JSON documents in this API.
    return Buffer.from(body);
  }
}
