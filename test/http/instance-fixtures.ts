import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { eventually, type Patience } from '../support/eventually';
import type { TamsClient, TamsResponse } from '../contract/tams-client';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

/** One entry of `get_urls`, as it is read with `verbose_storage`. */
export interface ReadUrl {
  readonly url: string;
  readonly presigned?: boolean;
  readonly label?: string;
  readonly storage_id?: string;
  readonly controlled?: boolean;
}

/** A row of object_instances. */
export interface InstanceRow {
  readonly storage_id: string | null;
  readonly label: string | null;
  readonly state: string;
  readonly size_bytes: string | null;
  readonly sha256: string | null;
}

/** Hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A server with the embedded backends `first` (the default) and `second`, and media on them. */
export class InstanceFixtures {
  readonly first: string = randomUUID();
  readonly second: string = randomUUID();
  private started!: TestServer;
  private pool!: Pool;

  private constructor(readonly directory: string) {}

  /**
   * @param environment variables beside those of the backends
   * @param further entries of the list of backends beside `first` and `second`
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    further: readonly Readonly<Record<string, unknown>>[] = [],
  ): Promise<InstanceFixtures> {
    const fixtures = new InstanceFixtures(await mkdtemp(join(tmpdir(), 'tams-instances-')));
    await fixtures.listBackends(further);
    await fixtures.startServer(environment);
    return fixtures;
  }

  get client(): TamsClient {
    return this.started.client;
  }

  get url(): string {
    return this.started.url;
  }

  get databaseUrl(): string {
    return this.started.databaseUrl;
  }

  get database(): Pool {
    return this.pool;
  }

  /** Environment of another process that works on the same store. */
  get environment(): Record<string, string> {
    return {
      DATABASE_URL: this.started.databaseUrl,
      STORAGE_BACKENDS_FILE: this.backendsFile,
      DATA_DIR: join(this.directory, 'data'),
    };
  }

  /** Where a backend keeps its files. */
  directoryOf(label: 'first' | 'second'): string {
    return join(this.directory, label);
  }

  /** The file in which a backend keeps an object. */
  fileOf(label: 'first' | 'second', objectId: string): string {
    const name = sha256(Buffer.from(objectId));
    return join(this.directoryOf(label), name.slice(0, 2), name.slice(2, 4), name);
  }

  async stop(): Promise<void> {
    await this.pool.end();
    await this.started.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async flow(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const flow = videoFlow(changes);
    const answer = await this.client.put(`/flows/${flow.id}`, flow);
    if (answer.status !== 201) throw new Error(`PUT /flows answered ${answer.status}`);
    return flow.id;
  }

  /** Allocates an object on a backend. @returns its id and the upload URL */
  async allocate(flowId: string, storageId = this.first): Promise<{ id: string; putUrl: string }> {
    const answer = await this.client.post<{ media_objects: { object_id: string; put_url: { url: string } }[] }>(
      `/flows/${flowId}/storage`,
      { limit: 1, storage_id: storageId },
    );
    const [object] = answer.body.media_objects;
    return { id: object!.object_id, putUrl: object!.put_url.url };
  }

  /** Uploads bytes. @returns the status of the answer */
  async upload(putUrl: string, bytes: Uint8Array, type = 'video/mp2t'): Promise<number> {
    const body = new Uint8Array(bytes);
    return (await fetch(putUrl, { method: 'PUT', headers: { 'content-type': type }, body })).status;
  }

  /** Registers an object as a segment of a Flow. */
  async register(flowId: string, objectId: string, second = 0): Promise<void> {
    const segment = { object_id: objectId, timerange: `[${second}:0_${second + 1}:0)` };
    const answer = await this.client.post(`/flows/${flowId}/segments`, segment);
    if (answer.status !== 201) throw new Error(`POST segments answered ${answer.status}`);
  }

  /** Uploads and registers an object of its own Flow. */
  async object(bytes: Uint8Array = randomBytes(1000), storageId = this.first): Promise<string> {
    const flowId = await this.flow();
    const { id, putUrl } = await this.allocate(flowId, storageId);
    await this.upload(putUrl, bytes);
    await this.register(flowId, id);
    return id;
  }

  add(objectId: string, body: unknown): Promise<TamsResponse<{ type: string; detail: string }>> {
    return this.client.post(`/objects/${encodeURIComponent(objectId)}/instances`, body);
  }

  remove(
    objectId: string,
    query: Readonly<Record<string, string>>,
  ): Promise<TamsResponse<{ type: string; detail: string }>> {
    return this.client.delete(`/objects/${encodeURIComponent(objectId)}/instances`, { query });
  }

  /** `get_urls` of an object. */
  async urls(objectId: string): Promise<readonly ReadUrl[]> {
    const path = `/objects/${encodeURIComponent(objectId)}`;
    return (await this.client.get<{ get_urls: ReadUrl[] }>(path, { query: { verbose_storage: true } })).body.get_urls;
  }

  /** Storage ids an object is advertised on, and labels of URLs outside the store. */
  async places(objectId: string): Promise<string[]> {
    const urls = await this.urls(objectId);
    return [...new Set(urls.map(({ storage_id: storageId, label }) => storageId ?? label ?? ''))].sort();
  }

  async rows(objectId: string): Promise<InstanceRow[]> {
    const { rows } = await this.database.query<InstanceRow>(
      'SELECT storage_id, label, state, size_bytes, sha256 FROM object_instances WHERE object_id = $1 ORDER BY id',
      [objectId],
    );
    return rows;
  }

  /** Waits until no copy or deletion of an object is under way. */
  settled(objectId: string, patience: Patience = { what: 'no copy or deletion is under way' }): Promise<InstanceRow[]> {
    return eventually(
      () => this.rows(objectId),
      (rows) => rows.every(({ state }) => state === 'ready' || state === 'missing'),
      patience,
    );
  }

  /** Bytes of an object from one backend. */
  async bytes(objectId: string, storageId: string): Promise<Buffer> {
    const found = (await this.urls(objectId)).find(({ storage_id: id }) => id === storageId);
    if (!found) throw new Error(`Object ${objectId} is not advertised on ${storageId}.`);
    const answer = await fetch(found.url);
    if (!answer.ok) throw new Error(`GET answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  private get backendsFile(): string {
    return join(this.directory, 'backends.json');
  }

  private async listBackends(further: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const embedded = (['first', 'second'] as const).map((label) => ({
      type: 'filesystem',
      id: this[label],
      label,
      directory: this.directoryOf(label),
      default_storage: label === 'first',
    }));
    await writeFile(this.backendsFile, JSON.stringify([...embedded, ...further]));
  }

  private async startServer(environment: Readonly<Record<string, string>>): Promise<void> {
    this.started = await startTestServer({
      STORAGE_BACKENDS_FILE: this.backendsFile,
      OBJECT_SIZE_INTERVAL_SECONDS: '1',
      ...environment,
      DATA_DIR: join(this.directory, 'data'),
    });
    this.pool = new Pool({ connectionString: this.started.databaseUrl, max: 2 });
  }
}
