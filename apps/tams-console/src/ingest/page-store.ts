import type { Content, FailedSegment, Flow, MediaObject, MediaStore, NewSegment } from '@tams/media';
import { api, body, send } from '../api/client';
import { problemOf, UnreachableError } from '../api/problem';
import { segmentsWithin } from '../flow/cut/segments';
import { apiAddress } from '../session/settings';
import { patiently } from './patiently';

/** The server as an ingest in this page writes to it: as whoever is signed in, and again while the network is away. */
export class PageStore implements MediaStore {
  constructor(private readonly signal: AbortSignal) {}

  async putFlow(flow: Flow): Promise<void> {
    await patiently(this.signal, () =>
      api.PUT('/flows/{flowId}', {
        params: { path: { flowId: flow.id } },
        body: flow as never,
        signal: this.signal,
      }),
    );
  }

  /** Every try has a place of its own: upload URLs expire, and the server collects places that stayed unused. */
  async storeObject(flowId: string, content: Content, onBytes: (bytes: number) => void): Promise<string> {
    const bytes = bytesOf(content);
    const objectId = await patiently(this.signal, async () => {
      const object = await this.allocate(flowId);
      await this.upload(object, bytes);
      return object.object_id;
    });
    onBytes(bytes.byteLength);
    return objectId;
  }

  /** The bytes themselves: only initialisation segments are asked for, and pages without TLS have no `crypto.subtle`. */
  fingerprintOf(content: Content): Promise<string> {
    return Promise.resolve(bytesOf(content).join(' '));
  }

  /** Where no answer came back, the batch may be registered: what the server lists is not sent again. */
  register(flowId: string, segments: NewSegment[]): Promise<FailedSegment[]> {
    return patiently(this.signal, async (attempt) => {
      const known = attempt === 1 ? new Map<string, string>() : await this.segmentsOf(flowId);
      const missing = segments.filter(({ timerange }) => !known.has(timerange));
      if (missing.length === 0) return [];
      const { data } = await api.POST('/flows/{flowId}/segments', {
        params: { path: { flowId } },
        body: missing as never,
        signal: this.signal,
      });
      return (data as { failed_segments?: FailedSegment[] } | undefined)?.failed_segments ?? [];
    });
  }

  /** Object ids by timerange of what a Flow has. */
  async segmentsOf(flowId: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const segment of segmentsWithin(flowId, undefined, false, this.signal))
      found.set(segment.timerange, segment.object_id);
    return found;
  }

  private async allocate(flowId: string): Promise<MediaObject> {
    const answer = (await body(
      api.POST('/flows/{flowId}/storage', {
        params: { path: { flowId } },
        body: { limit: 1 } as never,
        signal: this.signal,
      }),
    )) as { media_objects?: MediaObject[] };
    const [object] = answer.media_objects ?? [];
    if (!object) throw new Error('The server gave no place to upload to.');
    return object;
  }

  private async upload(object: MediaObject, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { url, headers, 'content-type': contentType } = object.put_url;
    const request = new Request(url, {
      method: 'PUT',
      headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      body: bytes,
      credentials: 'omit',
      signal: this.signal,
    });
    if (object.presigned === false && new URL(url).origin === new URL(apiAddress).origin) {
      await send(request);
      return;
    }
    const answer = await fetch(request).catch((error: unknown) => {
      this.signal.throwIfAborted();
      const { origin } = new URL(url);
      throw new UnreachableError(
        error,
        `The storage at ${origin} took no upload: it does not answer, or does not allow uploads from this page (CORS).`,
      );
    });
    if (!answer.ok) throw await problemOf(answer);
  }
}

/** What is cut in this page lies in memory. */
function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  if (!('bytes' in content)) throw new Error('A page cannot read files by their path.');
  return content.bytes as Uint8Array<ArrayBuffer>;
}
