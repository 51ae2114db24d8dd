import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { startTestServer, type TestServer } from './test-server';
import type { TamsClient, TamsResponse } from '../contract/tams-client';

/** A segment as it is posted. */
export interface PostedSegment {
  readonly object_id: string;
  readonly timerange: string;
  readonly [property: string]: unknown;
}

/** A segment as it is read. */
export interface ReadSegment {
  readonly object_id: string;
  readonly timerange: string;
  readonly object_timerange?: string;
  readonly key_frame_count?: number;
  readonly get_urls: readonly { readonly url: string; readonly label?: string }[];
  readonly init_object?: { readonly object_id: string; readonly get_urls: readonly { readonly url: string }[] };
}

/** The answer to a list of which some failed. */
export interface FailedSegments {
  readonly failed_segments: readonly {
    readonly object_id: string;
    readonly timerange?: string;
    readonly error: { readonly type: string; readonly summary: string; readonly time: string };
  }[];
}

/** Problem details. */
export interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** A server, and Flows and allocated objects made directly in its database: the tests here are about segments. */
export class TestWorld {
  private constructor(
    private readonly started: TestServer,
    readonly database: Pool,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestWorld> {
    const started = await startTestServer(environment);
    return new TestWorld(started, new Pool({ connectionString: started.databaseUrl, max: 2 }));
  }

  /** Where the server answers. */
  get url(): string {
    return this.started.url;
  }

  get client(): TamsClient {
    return this.started.client;
  }

  /** URL of the server's database, to start another replica on. */
  get dataDirectory(): string {
    return this.started.dataDirectory;
  }

  get databaseUrl(): string {
    return this.started.databaseUrl;
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.started.stop();
  }

  /** Makes a Flow with a container. @param document metadata on top of the usual; `null` leaves a property out */
  async flow(document: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const [flowId, sourceId] = [randomUUID(), randomUUID()];
    const format = 'urn:x-nmos:format:video';
    const whole = Object.entries<unknown>({ format, codec: 'video/h264', container: 'video/mp2t', ...document });
    await this.database.query('INSERT INTO sources (id, format) VALUES ($1, $2)', [sourceId, format]);
    await this.database.query(
      `INSERT INTO flows (id, source_id, document, metadata_version) VALUES ($1, $2, $3, 'one')`,
      [flowId, sourceId, JSON.stringify(Object.fromEntries(whole.filter(([, value]) => value !== null)))],
    );
    return flowId;
  }

  /** Makes a Flow whose segments need initialisation objects. */
  initFlow(): Promise<string> {
    return this.flow({ container: 'video/mp4', essence_parameters: { init_segments: true } });
  }

  /** Allocates objects for a Flow, as POST /flows/{flowId}/storage does. @returns their ids */
  async allocate(flowId: string, count = 1): Promise<string[]> {
    const ids = Array.from({ length: count }, () => `object-${randomUUID()}`);
    await this.database.query(
      'INSERT INTO objects (id, allocated_for_flow) SELECT id, $1 FROM unnest($2::text[]) AS n (id)',
      [flowId, ids],
    );
    return ids;
  }

  /** Allocates one object. */
  async object(flowId: string): Promise<string> {
    return (await this.allocate(flowId))[0]!;
  }

  /** Allocates an object for each timerange, and registers all. @returns what was posted */
  async fill(flowId: string, timeranges: readonly string[]): Promise<PostedSegment[]> {
    const ids = await this.allocate(flowId, timeranges.length);
    const segments = timeranges.map((timerange, index) => ({ object_id: ids[index]!, timerange }));
    const { status, body } = await this.register(flowId, segments);
    if (status !== 201) throw new Error(`Registering answered ${status}: ${JSON.stringify(body)}`);
    return segments;
  }

  register<Body = Problem>(flowId: string, body: unknown): Promise<TamsResponse<Body>> {
    return this.client.post<Body>(`/flows/${flowId}/segments`, body);
  }

  /** Posts a list some of whose items are malformed, which a client that follows the contract never does. */
  registerMalformed(flowId: string, body: unknown): Promise<TamsResponse<FailedSegments>> {
    return this.client.post<FailedSegments>(`/flows/${flowId}/segments`, body, { check: false });
  }

  list(
    flowId: string,
    query: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<TamsResponse<ReadSegment[]>> {
    return this.client.get<ReadSegment[]>(`/flows/${flowId}/segments`, { query });
  }

  /** Timeranges of what a listing gives. */
  async timeranges(flowId: string, query: Readonly<Record<string, string | number | boolean>> = {}): Promise<string[]> {
    return (await this.list(flowId, query)).body.map((segment) => segment.timerange);
  }
}

/** An external copy of an object. */
export function externalUrl(label: string, name = label): { url: string; label: string } {
  return { url: `https://elsewhere.example.com/${name}.ts`, label };
}

/** Code of a problem, without the prefix all share. */
export function codeOf(response: TamsResponse<Problem>): string {
  return response.body.type.replace('urn:x-tams:problem:', '');
}

/** `count` timeranges of one second, one after the other. */
export function seconds(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, index) => `[${first + index}:0_${first + index + 1}:0)`);
}
