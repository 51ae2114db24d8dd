import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { startTracing, type Tracing } from '@tams/telemetry';

/** A receiver of webhooks that is a traced service itself: it goes on with the span of the delivery, as OpenTelemetry says. */
export class TracedReceiver {
  /** Headers of what came. */
  readonly received: IncomingMessage['headers'][] = [];

  private constructor(
    private readonly server: Server,
    private readonly tracing: Tracing,
  ) {
    server.on('request', (request, response) => {
      this.received.push(request.headers);
      const caller = propagation.extract(ROOT_CONTEXT, request.headers);
      const span = trace.getTracer('receiver').startSpan('POST /told', { kind: SpanKind.SERVER }, caller);
      context.with(trace.setSpan(caller, span), () => request.resume());
      request.once('end', () => {
        response.writeHead(204).end();
        span.end();
      });
    });
  }

  /** @param otlpUrl where OTLP over HTTP is taken, without a path */
  static async start(otlpUrl: string): Promise<TracedReceiver> {
    const tracing = startTracing(
      { OTLP_ENDPOINT: `${otlpUrl}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '200' },
      { name: 'receiver', version: '1' },
    );
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TracedReceiver(server, tracing);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/told`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await this.tracing.stop();
  }
}
