import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';

/** An answer to a request that was counted. */
export interface CountedAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends requests to one server and keeps count of them, to compare with what the server counted. */
export class CountedRequests {
  /** How often, by method and status. */
  readonly counts = new Map<string, number>();

  constructor(private readonly url: string) {}

  async send(method: string, path: string, body?: unknown): Promise<CountedAnswer> {
    const media = path.startsWith('http');
    const response = await fetch(media ? path : `${this.url}${path}`, {
      method,
      // An answer that leads elsewhere is counted as such.
      redirect: 'manual',
      ...(body !== undefined && {
        body: media ? (body as string) : JSON.stringify(body),
        headers: { 'content-type': media ? 'video/mp2t' : 'application/json' },
      }),
    });
    const text = await response.text();
    const key = `${method} ${response.status}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const isJson = response.headers.get('content-type')?.includes('json') && method !== 'HEAD';
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
  }

  /** Sends a request that must succeed. @returns the body of its answer */
  async succeed<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Body;
  }

  /** Reads a resource in both ways. */
  async read<Body = unknown>(path: string): Promise<Body> {
    await this.succeed('HEAD', path);
    return this.succeed<Body>('GET', path);
  }

  /** Asks again until an answer is as wanted; each request is counted. */
  async until<Body>(path: string, holds: (body: Body) => boolean): Promise<Body> {
    for (;;) {
      const body = await this.succeed<Body>('GET', path);
      if (holds(body)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** An allocated object, as its Flow's storage answers. */
export interface AllocatedObject {
  readonly object_id: string;
  readonly put_url: { readonly url: string };
}

/** Formats with a Flow each; `video` is the one that gets media. */
export interface StoredFlows {
  readonly video: string;
  readonly videoSource: string;
  readonly all: readonly string[];
}

/** Service information and profiles. */
export async function exerciseService(requests: CountedRequests): Promise<void> {
  for (const path of ['/', '/service', '/service/storage-backends', '/health', '/livez', '/readyz', '/openapi.json'])
    await requests.read(path);
  await requests.succeed('HEAD', '/metrics');
  await requests.succeed('POST', '/service', { name: 'Telemetry' });
  const id = randomUUID();
  const flow_metadata = { format: 'urn:x-nmos:format:audio', essence_parameters: { sample_rate: 48000, channels: 2 } };
  await requests.succeed('POST', `/service/profiles/${id}`, {
    id,
    flow_metadata: { ...flow_metadata, codec: 'audio/aac' },
  });
  await requests.read(`/service/profiles/${id}`);
  await requests.read('/service/profiles');
}

/** A Flow of each format, created and updated, and every property of a Flow and of a Source. */
export async function exerciseMetadata(requests: CountedRequests): Promise<StoredFlows> {
  const video = videoFlow({ status: 'ingesting' });
  const audio = audioFlow();
  const data = { ...videoFlow(), format: 'urn:x-nmos:format:data', codec: 'text/json', essence_parameters: {} };
  const image = videoFlow({ format: 'urn:x-tam:format:image', codec: 'image/jpeg', container: 'image/jpeg' });
  const still = { ...image, essence_parameters: { frame_width: 640, frame_height: 360 } };
  const multi = multiFlow([{ id: video.id, role: 'picture' }]);
  const flows: readonly ReturnType<typeof videoFlow>[] = [video, audio, data, still, multi];
  for (const flow of flows) {
    await requests.succeed('PUT', `/flows/${flow.id}`, flow);
    await requests.succeed('PUT', `/flows/${flow.id}`, { ...flow, label: 'again' });
    for (const path of [`/flows/${flow.id}`, `/sources/${flow.source_id}`]) await requests.read(path);
  }
  for (const listing of ['/flows', '/sources']) {
    await requests.read(listing);
    for (const { format } of flows) await requests.succeed('GET', `${listing}?format=${String(format)}`);
  }
  const flow = `/flows/${video.id}`;
  const properties = { label: 'A', description: 'B', 'tags/genre': 'news', max_bit_rate: 9000, avg_bit_rate: 8000 };
  for (const [name, value] of Object.entries(properties)) await exerciseProperty(requests, `${flow}/${name}`, value);
  await requests.read(`${flow}/tags`);
  await requests.succeed('PUT', `${flow}/read_only`, false);
  await requests.read(`${flow}/read_only`);
  await exerciseProperty(requests, `/flows/${multi.id}/flow_collection`, [{ id: audio.id, role: 'sound' }]);
  const source = `/sources/${video.source_id}`;
  for (const [name, value] of Object.entries({ label: 'A', description: 'B', 'tags/genre': 'news' }))
    await exerciseProperty(requests, `${source}/${name}`, value);
  await requests.read(`${source}/tags`);
  for (const { id } of flows.filter((one) => one !== multi))
    await requests.succeed('PUT', `/flows/${id}/label`, 'kept');
  return { video: video.id, videoSource: video.source_id, all: flows.map(({ id }) => id) };
}

async function exerciseProperty(requests: CountedRequests, path: string, value: unknown): Promise<void> {
  await requests.succeed('PUT', path, value);
  await requests.read(path);
  await requests.succeed('DELETE', path);
}

/** Plays a Flow and its Source. */
async function exercisePlayback(requests: CountedRequests, flowId: string): Promise<void> {
  const { source_id: sourceId } = await requests.succeed<{ source_id: string }>('GET', `/flows/${flowId}`);
  await requests.read(`/sources/${sourceId}/output.m3u8`);
  const playlist = await requests.read<string>(`/flows/${flowId}/output.m3u8`);
  const entry = playlist.split('\n').find((line) => line.startsWith('output/')) ?? '';
  await requests.read(`/flows/${flowId}/${entry}`);
  await requests.succeed('POST', '/service/playback-tokens', { flow_id: flowId });
  await requests.succeed('DELETE', '/service/playback-tokens');
}

/** What pages read, of a Flow with segments; and a stream of events that ends at once. */
export async function exerciseConsole(requests: CountedRequests, flowId: string): Promise<void> {
  const [segment] = await requests.read<{ object_id: string }[]>(`/flows/${flowId}/segments`);
  const flow = `flows/${flowId}`;
  const ofFlow = [flow, `${flow}/coverage`, `${flow}/deletion-preview`, `objects/${segment?.object_id ?? ''}`];
  for (const path of ['me', 'flows', 'sources', 'storage', 'retention', 'webhooks', ...ofFlow])
    await requests.read(`/console/api/${path}`);
  await requests.read('/service/events?seconds=0');
}

/** What operators read and do at night. */
export async function exerciseInsight(requests: CountedRequests, databaseUrl: string): Promise<void> {
  for (const path of [
    '',
    '/series',
    '/routes',
    '/errors',
    '/traces',
    '/now',
    '/changes',
    '/diagnosis',
    '/correlations/any-id',
  ])
    await requests.read(`/insight${path}`);
  await requests.read('/insight/stream?seconds=0');
  await requests.read('/service/audit');
  await requests.succeed('PUT', '/insight/log-level', { level: 'silent' });
  const session = new Client({ connectionString: databaseUrl });
  await session.connect();
  const { rows: jobs } = await session.query<{ id: string }>(
    `INSERT INTO jobs.job (name, data, singleton_key, policy, start_after)
     VALUES ('reconciliation', '{"trace":{},"data":{}}', 'held', 'stately', now() + interval '1 hour') RETURNING id`,
  );
  await requests.succeed('POST', `/insight/jobs/${jobs[0]!.id}/stop`);
  const { rows } = await session.query<{ pid: number; session_started: Date }>(
    'SELECT pid, backend_start AS session_started FROM pg_stat_activity WHERE pid = pg_backend_pid()',
  );
  const { pid, session_started } = rows[0]!;
  await requests.succeed('POST', `/insight/sessions/${pid}/stop`, { session_started });
  await session.end();
}

/** Allocates, uploads and registers two objects of a Flow, reads them in every way, and copies one to another backend and away. */
export async function exerciseMedia(requests: CountedRequests, flowId: string, secondBackend: string): Promise<void> {
  const objects = await allocate(requests, flowId, 2);
  const segments = objects.map(({ object_id }, index) => ({
    object_id,
    timerange: ['[0:0_1:0)', '[1:0_2:500000000)'][index],
  }));
  for (const { put_url } of objects) {
    await requests.succeed('PUT', put_url.url, 'media');
    await requests.succeed('OPTIONS', put_url.url);
  }
  await requests.succeed('POST', `/flows/${flowId}/segments`, segments);
  interface Located {
    readonly get_urls: readonly { readonly url: string }[];
  }
  const [located] = await requests.read<Located[]>(`/flows/${flowId}/segments`);
  await exercisePlayback(requests, flowId);
  await requests.read(located!.get_urls[0]!.url);
  const object = `/objects/${objects[0]!.object_id}`;
  await requests.read(object);
  await requests.succeed('POST', `${object}/instances`, { storage_id: secondBackend });
  await requests.until<Located>(object, ({ get_urls: urls }) => urls.length === 2 * located!.get_urls.length);
  await requests.succeed('DELETE', `${object}/instances?storage_id=${secondBackend}`);
}

/** Asks for places for new objects. */
export async function allocate(requests: CountedRequests, flowId: string, limit: number): Promise<AllocatedObject[]> {
  const path = `/flows/${flowId}/storage`;
  return (await requests.succeed<{ media_objects: AllocatedObject[] }>('POST', path, { limit })).media_objects;
}

/** Registers an allocated object far from the start of a Flow's timeline. */
export async function registerOne(requests: CountedRequests, flowId: string): Promise<void> {
  const [object] = await allocate(requests, flowId, 1);
  const segment = { object_id: object!.object_id, timerange: '[5000:0_5001:0)' };
  await requests.succeed('POST', `/flows/${flowId}/segments`, segment);
}
