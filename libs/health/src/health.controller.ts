import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { currentPrincipal } from '@tams/auth';
import type { FastifyReply } from 'fastify';
import { healthOperations } from './health.operations';
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
  @healthOperations.health
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport | Pick<HealthReport, 'status'>> {
    const report = await this.health.report();
    if (report.status === 'error') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return currentPrincipal()?.scopes.size ? report : { status: report.status };
  }

  /** Whether the process runs; asks nobody else, so that a database that is away restarts no server. */
  @Get('livez')
  @Header('Cache-Control', 'no-store')
  @healthOperations.livez
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether to send requests here: the database answers and is migrated, and the server is not stopping. */
  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  @healthOperations.readyz
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; reason?: string }> {
    const reason = await this.readiness.obstacle();
    if (reason === undefined) return { status: 'ok' };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'unavailable', reason };
  }
}
