import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { boundsOf, type Flow, type FlowSegment, type NewSegment } from '@tams/media';

/** One request as the server saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  bytes: number;
}

/** Decides about a request before the server does: answer it, or return false to let the server. */
export type Interference = (request: SeenRequest, response: ServerResponse) => boolean;

/**
 * The few operations of TAMS that the tools use, in memory, over real HTTP: enough to see what they send and how they take
 * faults. It is strict where the specification is: content type of uploads, no overlap, collected Flows exist.
 */
export class SmallTamsServer {
  readonly flows = new Map<string, Flow>();
  readonly statuses: string[] = [];
  readonly segments: (NewSegment & { flow: string })[] = [];
  readonly objects = new Map<string, Buffer>();
  readonly seen: SeenRequest[] = [];
  interfere: Interference = () => false;
  private allocated = 0;
  private readonly server: Server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  /** Listens on a free port of the loopback. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Closes the port and every connection. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Base URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Requests of one kind, in order. */
  requests(method: string, path: RegExp): SeenRequest[] {
    return this.seen.filter((each) => each.method === method && path.test(each.path));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const body = await buffer(request);
    const url = new URL(request.url ?? '/', this.url);
    const seen = { method: request.method ?? '', path: url.pathname, headers: request.headers, bytes: body.length };
    this.seen.push(seen);
    if (this.interfere(seen, response)) return response;
    const [, kind = '', id = '', part = ''] = url.pathname.split('/');
    const operation = `${seen.method} ${kind}${id && '/{id}'}${part && `/${part}`}`;
    switch (operation) {
      case 'GET service':
        return json(response, 200, { name: 'small', api_version: '8.2' });
      case 'GET flows/{id}':
        return this.flows.has(id) ? json(response, 200, this.flows.get(id)) : problem(response, 404, 'no such Flow');
      case 'PUT flows/{id}':
        return this.putFlow(JSON.parse(body.toString()) as Flow, response);
      case 'POST flows/{id}/storage':
        return this.allocate(JSON.parse(body.toString()) as { limit: number }, response);
      case 'POST flows/{id}/segments':
        return this.register(id, JSON.parse(body.toString()) as NewSegment[], response);
      case 'GET flows/{id}/segments':
        return this.list(id, url, response);
      case 'PUT objects/{id}':
        return this.store(id, request, body, response);
      case 'GET objects/{id}':
        return this.read(id, request, response);
      default:
        return problem(response, 404, `no operation ${operation}`);
    }
  }

  private putFlow(flow: Flow, response: ServerResponse): ServerResponse {
    const unknown = flow.flow_collection?.find((item) => !this.flows.has(item.id));
    if (unknown) return problem(response, 400, `collects ${unknown.id}, which does not exist`);
    this.flows.set(flow.id, flow);
    this.statuses.push(`${flow.format.split(':').at(-1) ?? ''} ${flow.status ?? ''}`);
    return json(response, 201, flow);
  }

  private allocate({ limit }: { limit: number }, response: ServerResponse): ServerResponse {
    const media_objects = Array.from({ length: Math.min(limit, 4) }, () => {
      const object_id = `object-${String(this.allocated++)}`;
      return {
        object_id,
        put_url: { url: `${this.url}/objects/${object_id}?signature=secret`, 'content-type': 'video/mp2t' },
        presigned: true,
      };
    });
    return json(response, 201, { media_objects });
  }

  private store(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): ServerResponse {
    if (request.headers['content-type'] !== 'video/mp2t' || request.headers['content-length'] === undefined) {
      return problem(response, 400, 'content type or length is wrong');
    }
    this.objects.set(id, body);
    return response.writeHead(200).end();
  }

  private read(id: string, request: IncomingMessage, response: ServerResponse): ServerResponse {
    const object = this.objects.get(id);
    if (!object) return problem(response, 404, 'no such object');
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const part = object.subarray(Number(from ?? 0));
    return response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length }).end(part);
  }

  private register(flow: string, segments: NewSegment[], response: ServerResponse): ServerResponse {
    const failed = segments.filter((segment) => {
      const known = this.segments.some((each) => each.flow === flow && overlap(each.timerange, segment.timerange));
      if (!known && this.objects.has(segment.object_id)) this.segments.push({ ...segment, flow });
      else return true;
      return false;
    });
    if (failed.length === 0) return json(response, 201, {});
    const failed_segments = failed.map(({ object_id, timerange }) => ({
      object_id,
      timerange,
      error: { type: 'overlap', summary: 'overlaps or is not stored', time: '2026-01-01T00:00:00Z' },
    }));
    return json(response, 200, { failed_segments });
  }

  private list(flow: string, url: URL, response: ServerResponse): ServerResponse {
    const timerange = url.searchParams.get('timerange');
    const objectId = url.searchParams.get('object_id');
    const found = this.segments
      .filter((each) => each.flow === flow && (timerange === null || overlap(each.timerange, timerange)))
      .filter((each) => objectId === null || each.object_id === objectId)
      .sort((a, b) => (startOf(a.timerange) < startOf(b.timerange) ? -1 : 1));
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 3), 3);
    const from = Number(url.searchParams.get('page') ?? 0);
    const next = new URL(url);
    next.searchParams.set('page', String(from + limit));
    const page: FlowSegment[] = found.slice(from, from + limit).map((segment) => ({
      ...segment,
      get_urls: [{ url: `${this.url}/objects/${segment.object_id}?signature=secret`, presigned: true }],
    }));
    response.setHeader(
      'link',
      from + limit < found.length ? `<${next.href}>; rel="next"` : '<https://elsewhere>; rel="first"',
    );
    return json(response, 200, page);
  }
}

function startOf(timerange: string): bigint {
  return boundsOf(timerange)?.start ?? 0n;
}

function overlap(a: string, b: string): boolean {
  const [left, right] = [boundsOf(a), boundsOf(b)];
  if (!left || !right) throw new Error(`not a bounded timerange: ${a} or ${b}`);
  return left.start < right.end && right.start < left.end;
}

function json(response: ServerResponse, status: number, body: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers with problem details. */
export function problem(response: ServerResponse, status: number, detail: string): ServerResponse {
  const body = { title: 'Problem', status, detail, correlation_id: 'abc-1' };
  return response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}
