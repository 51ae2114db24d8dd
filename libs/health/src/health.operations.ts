import { HttpStatus } from '@nestjs/common';
import { Operation } from '@tams/platform';
import { healthAnswer, probeAnswer } from './health.schema';

/** What the API document says of `/health` and the probes. */
export const healthOperations = {
  health: Operation({
    id: 'GET_health',
    access: 'health',
    tag: 'Health',
    summary: 'Health of every part',
    description: 'Brief for callers without any right: the status alone.',
    success: [
      {
        description: 'The server works; `degraded` when a part it can do without does not.',
        schema: healthAnswer,
        example: {
          status: 'ok',
          summary: 'All 6 parts work.',
          version: '0.1.0',
          checks: { database: { status: 'up', latency_ms: 0.8 } },
        },
      },
      {
        status: HttpStatus.SERVICE_UNAVAILABLE,
        description: 'A part the server needs does not work.',
        schema: healthAnswer,
        example: {
          status: 'error',
          summary:
            'database does not work since 2026-01-05T03:02:11.000Z: connect ECONNREFUSED 127.0.0.1:5432. Nothing can be read or written: requests are answered 503.',
          runbook: '/docs/runbooks/postgres-down.md',
          version: '0.1.0',
          checks: { database: { status: 'down', latency_ms: 3000 } },
        },
      },
    ],
  }),

  livez: Operation({
    id: 'GET_livez',
    access: 'open',
    tag: 'Health',
    summary: 'Whether the process runs',
    description: 'Asks nothing else, so that a database that is away restarts no server.',
    success: { schema: probeAnswer, example: { status: 'ok' } },
  }),

  readyz: Operation({
    id: 'GET_readyz',
    access: 'open',
    tag: 'Health',
    summary: 'Whether to send requests here',
    description: 'Yes while the database answers and is migrated, and the server is not stopping.',
    success: [
      { description: 'Yes.', schema: probeAnswer, example: { status: 'ok' } },
      {
        status: HttpStatus.SERVICE_UNAVAILABLE,
        description: 'No; the body says why.',
        schema: probeAnswer,
        example: { status: 'unavailable', reason: 'the server is stopping' },
      },
    ],
  }),
};
