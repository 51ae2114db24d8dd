import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../support/test-database';
import { type Child, freePort, startChild } from './child';
import { ROOT } from './shipped-files';

/** The API as it is built by `npm run build`. */
const SERVER = join(ROOT, 'dist/apps/tams-api/apps/tams-api/src/main.js');

/** The built server in a process of its own, which sends its traces somewhere. */
export class TracedServer {
  private constructor(
    private readonly child: Child,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /** @param otlpUrl where OTLP over HTTP is taken, without a path */
  static async start(otlpUrl: string, environment: Readonly<Record<string, string>> = {}): Promise<TracedServer> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-traced-'));
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const child = await startChild({
      program: process.execPath,
      arguments: [SERVER],
      directory,
      environment: {
        PORT: port,
        DATABASE_URL: await createTestDatabase(),
        DATA_DIR: join(directory, 'data'),
        LOG_FORMAT: 'json',
        OTLP_ENDPOINT: `${otlpUrl}/v1/traces`,
        OTEL_BSP_SCHEDULE_DELAY: '200',
        ...environment,
      },
      readyUrl: `${url}/readyz`,
    });
    return new TracedServer(child, directory, url);
  }

  /** What it has written, a JSON object each line. */
  lines(): string[] {
    return this.child.output().split('\n');
  }

  async stop(): Promise<void> {
    await this.child.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /**
   * Sends a request that must succeed.
   * @returns the id of its trace, which begins with this client, its correlation id, and the answer
   */
  async send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly traceId: string; readonly correlationId: string; readonly answer: unknown }> {
    const traceId = randomBytes(16).toString('hex');
    const response = await fetch(this.url + path, {
      method,
      headers: {
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
        tracestate: 'acme=of-the-caller',
        baggage: 'production=evening-news',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 500)}`);
    const correlationId = response.headers.get('x-correlation-id') ?? '';
    return { traceId, correlationId, answer: text === '' ? undefined : JSON.parse(text) };
  }
}
