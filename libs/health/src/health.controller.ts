import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { currentPrincipal } from '@tams/auth';
import { Operation } from '@tams/platform';
import type { FastifyReply } from 'fastify';
import { healthAnswer, probeAnswer } from './health.schema';
import { type HealthReport, HealthService } from './health.service';
import { Readiness } from './readiness';

/** `/health` for people and dashboards, `/livez` and `/readyz` for orchestrators. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly readiness: Readiness,
  ) {}

  /** 503 when a part the server needs does not work; the body says which, to those who may know. */
  @Get('health')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'GET_health',
    tag: 'Health',
    summary: 'Health of every part',
    description: 'Brief for callers without any right: the status alone.',
    success: [
      {
        description: 'The server works; `degraded` when a part it can do without does not.',
        schema: healthAnswer,
        example: { status: 'ok', version: '0.1.0', checks: { database: { status: 'up', latency_ms: 0.8 } } },
      },
      {
        status: HttpStatus.SERVICE_UNAVAILABLE,
        description: 'A part the server needs does not work.',
        schema: healthAnswer,
        example: { status: 'error', version: '0.1.0', checks: { database: { status: 'down', latency_ms: 3000 } } },
      },
    ],
  })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport | Pick<HealthReport, 'status'>> {
    const report = await this.health.report();
    if (report.status === 'error') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return currentPrincipal()?.scopes.size ? report : { status: report.status };
  }

  /** Whether the process runs; asks nobody else, so that a database that is away restarts no server. */
  @Get('livez')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'GET_livez',
    tag: 'Health',
    summary: 'Whether the process runs',
    success: { schema: probeAnswer, example: { status: 'ok' } },
  })
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether to send requests here: the database answers and is migrated, and the server is not stopping. */
  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'GET_readyz',
    tag: 'Health',
    summary: 'Whether to send requests here',
    success: [
      { description: 'Yes.', schema: probeAnswer, example: { status: 'ok' } },
      {
        status: HttpStatus.SERVICE_UNAVAILABLE,
        description: 'No; the body says why.',
        schema: probeAnswer,
        example: { status: 'unavailable', reason: 'the server is stopping' },
      },
    ],
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; reason?: string }> {
    const reason = await this.readiness.obstacle();
    if (reason === undefined) return { status: 'ok' };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'unavailable', reason };
  }
}
