import type { Readable } from 'node:stream';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Changes, logLevelBody, type LogLevelBody } from './changes/changes.schema';
import { ChangesService } from './changes/changes.service';
import { DiagnosisService } from './diagnosis/diagnosis.service';
import { insightOperations } from './insight.operations';
import { Journal } from './journal/journal';
import { type Correlated, correlationId, type Entry, errorsQuery, type ErrorsQuery } from './journal/journal.schema';
import { jobId, type RunningNow, sessionPid, sessionStop, type SessionStop } from './now/now.schema';
import { NowService } from './now/now.service';
import type { Overview } from './overview/overview.schema';
import { OverviewService } from './overview/overview.service';
import type { RouteFigures } from './series/route-memory';
import { seriesQuery, type SeriesAnswer, type SeriesQuery } from './series/series.schema';
import { SeriesService } from './series/series.service';
import { InsightStreams } from './stream/insight-streams';
import { streamQuery, type StreamQuery } from './stream/stream.schema';

/** `/insight/*`: what this process knows of the last hour. */
@Controller('insight')
export class InsightController {
  constructor(
    private readonly overviews: OverviewService,
    private readonly figures: SeriesService,
    private readonly journal: Journal,
    private readonly running: NowService,
    private readonly changed: ChangesService,
    private readonly streams: InsightStreams,
    private readonly diagnosis: DiagnosisService,
  ) {}

  @insightOperations.overview
  @Get()
  @Header('Cache-Control', 'no-store')
  overview(): Promise<Overview> {
    return this.overviews.overview();
  }

  @insightOperations.series
  @Get('series')
  @Header('Cache-Control', 'no-store')
  series(@Query({ schema: seriesQuery }) query: SeriesQuery): SeriesAnswer {
    return this.figures.series(query);
  }

  @insightOperations.routes
  @Get('routes')
  @Header('Cache-Control', 'no-store')
  routes(): { items: RouteFigures[] } {
    return { items: this.figures.routes() };
  }

  @insightOperations.errors
  @Get('errors')
  @Header('Cache-Control', 'no-store')
  errors(@Query({ schema: errorsQuery }) { outcome }: ErrorsQuery): { items: Entry[] } {
    return { items: this.journal.errors(outcome === 'rejected') };
  }

  @insightOperations.traces
  @Get('traces')
  @Header('Cache-Control', 'no-store')
  traces(): { items: Entry[] } {
    return { items: this.journal.slow() };
  }

  @insightOperations.correlation
  @Get('correlations/:correlationId')
  @Header('Cache-Control', 'no-store')
  correlation(@Param('correlationId', { schema: correlationId }) id: string): Correlated {
    return this.journal.correlated(id);
  }

  @insightOperations.now
  @Get('now')
  @Header('Cache-Control', 'no-store')
  now(): Promise<RunningNow> {
    return this.running.now();
  }

  @insightOperations.stopSession
  @Post('sessions/:pid/stop')
  @HttpCode(204)
  stopSession(
    @Param('pid', { schema: sessionPid }) pid: number,
    @Body({ schema: sessionStop }) wanted: SessionStop,
  ): Promise<void> {
    return this.running.stop(pid, wanted);
  }

  @insightOperations.stopJob
  @Post('jobs/:jobId/stop')
  @HttpCode(204)
  stopJob(@Param('jobId', { schema: jobId }) id: string): Promise<void> {
    return this.running.stopJob(id);
  }

  @insightOperations.changes
  @Get('changes')
  @Header('Cache-Control', 'no-store')
  changes(): Promise<Changes> {
    return this.changed.changes();
  }

  @insightOperations.setLogLevel
  @Put('log-level')
  setLogLevel(@Body({ schema: logLevelBody }) wanted: LogLevelBody): LogLevelBody {
    return this.changed.setLogLevel(wanted);
  }

  @insightOperations.diagnosis
  @Get('diagnosis')
  @Header('Content-Type', 'application/gzip')
  @Header('Content-Disposition', 'attachment; filename="tams-diagnosis.tar.gz"')
  @Header('Cache-Control', 'no-store')
  archive(): Promise<Buffer> {
    return this.diagnosis.archive();
  }

  @insightOperations.stream
  @Get('stream')
  @Header('Content-Type', 'text/event-stream; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Connection', 'close')
  @Header('X-Accel-Buffering', 'no')
  stream(@Query({ schema: streamQuery }) query: StreamQuery, @Req() request: FastifyRequest): Promise<Readable> {
    return this.streams.open(query, request);
  }
}
