import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A TAMS that takes everything, counts the bytes of media, and keeps nothing but the Flows. */
export class SinkServer {
  /** Bytes of media that were uploaded, and Segments that were registered. */
  bytes = 0;
  segments = 0;
  private readonly flows = new Map<string, string>();
  private allocated = 0;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', id = '', part = ''] = new URL(request.url ?? '/', this.url).pathname.split('/');
    if (kind === 'objects') {
      for await (const chunk of request) this.bytes += (chunk as Buffer).length;
      response.writeHead(200).end();
      return;
    }
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    response.end(this.answerOf(`${request.method ?? ''} ${part || kind}`, id, body, response));
  }

  private answerOf(operation: string, id: string, body: string, response: ServerResponse): string {
    switch (operation) {
      case 'PUT flows':
        this.flows.set(id, body);
        response.statusCode = 201;
        return body;
      case 'POST storage':
        response.statusCode = 201;
        return JSON.stringify({ media_objects: [this.allocate()] });
      case 'POST segments':
        this.segments += [JSON.parse(body)].flat().length;
        response.statusCode = 201;
        return '{}';
      case 'GET segments':
        return '[]';
      case 'GET flows':
        response.statusCode = this.flows.has(id) ? 200 : 404;
        return this.flows.get(id) ?? '{"title":"no such Flow"}';
      default:
        return '{}';
    }
  }

  private allocate(): object {
    this.allocated += 1;
    const object_id = `object-${this.allocated}`;
    return { object_id, put_url: { url: `${this.url}/objects/${object_id}`, 'content-type': 'video/mp4' } };
  }
}
