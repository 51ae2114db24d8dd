import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** How a store can be unwell. */
export type Mood = 'well' | '503' | 'silent' | 'slow' | 'truncated' | 'reset' | 'gibberish';

/** Pause before each answer of a slow store, in milliseconds: more than the server waits for its health check. */
const SLOW_MS = 4_000;

/** As much of S3 as a storage backend of ours speaks, in memory, and unwell on demand. */
export class FaultyStore {
  mood: Mood = 'well';
  readonly objects = new Map<string, { bytes: Buffer; type: string }>();
  /** Requests that came, whatever became of them. */
  requests = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FaultyStore> {
    const server = createServer();
    const store = new FaultyStore(server);
    server.on('request', (request, response) => {
      store.requests += 1;
      store.answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (this.mood) {
      case '503':
        request.resume();
        response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
        return;
      case 'silent':
        request.resume();
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'gibberish':
        request.resume();
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to nginx!');
        return;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
        break;
      case 'truncated':
      case 'well':
        break;
    }
    await this.serve(request, response);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, , ...parts] = path.split('/');
    const key = decodeURIComponent(parts.join('/'));
    if (key === '') {
      request.resume();
      const body = query.includes('list-type')
        ? '<ListBucketResult></ListBucketResult>'
        : '<CORSConfiguration></CORSConfiguration>';
      response.writeHead(200, { 'content-type': 'application/xml' }).end(request.method === 'HEAD' ? undefined : body);
    } else if (request.method === 'PUT') await this.keep(key, request, response);
    else if (request.method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
    } else this.give(key, request, response);
  }

  /** A store that truncates keeps half of what it is sent, and says that all is well. */
  private async keep(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const kept = this.mood === 'truncated' ? bytes.subarray(0, bytes.length / 2) : bytes;
    this.objects.set(key, { bytes: kept, type: request.headers['content-type'] ?? '' });
    response.writeHead(200, { etag: etagOf(kept) }).end();
  }

  /** One that truncates breaks off in the middle of what it promised. */
  private give(key: string, request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const found = this.objects.get(key);
    if (!found) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? undefined : '<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    const { bytes, type } = found;
    response.writeHead(200, { 'content-length': String(bytes.length), 'content-type': type, etag: etagOf(bytes) });
    if (request.method === 'HEAD') response.end();
    else if (this.mood === 'truncated') response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    else response.end(bytes);
  }
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
