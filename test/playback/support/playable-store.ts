import { randomUUID } from 'node:crypto';
import type { CutMedia } from './cut-media';

/** Metadata of Flows, as far as these tests say it. */
export type FlowDocument = Readonly<Record<string, unknown>>;

const essenceFormat = (kind: string): string => `urn:x-nmos:format:${kind}`;

/** Metadata of a picture. */
export const videoDocument = (rate: { numerator: number; denominator?: number } = { numerator: 25 }): FlowDocument => ({
  format: essenceFormat('video'),
  codec: 'video/h264',
  essence_parameters: { frame_width: 320, frame_height: 180, frame_rate: rate },
});
/** Metadata of sound, in a language. */
export const audioDocument = (language?: string): FlowDocument => ({
  format: essenceFormat('audio'),
  codec: 'audio/aac',
  essence_parameters: { sample_rate: 48000, channels: 2 },
  ...(language !== undefined && { tags: { language_code: language } }),
});
/** Metadata of subtitles in WebVTT. */
export const subtitleDocument: FlowDocument = {
  format: essenceFormat('data'),
  codec: 'text/vtt',
  essence_parameters: { data_type: 'urn:x-tams:data:subtitle' },
  tags: { language_code: 'eng' },
};
/** Metadata of muxed media, and of collections. */
export const multiDocument: FlowDocument = { format: essenceFormat('multi') };

/** Objects of one piece of media, once uploaded. */
export interface StoredMedia {
  readonly media: CutMedia;
  readonly objectIds: readonly string[];
  readonly initObjectId: string | undefined;
}

interface AllocatedObject {
  readonly object_id: string;
  readonly put_url: { readonly url: string; readonly 'content-type': string };
}

/** A client that stores real media in a real server, as encoders do. */
export class PlayableStore {
  /** @param headers of every request to the API, for servers that ask who is calling */
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Makes a Flow. @param media what it is to hold; absent for a collection @returns its id */
  async flow(media: CutMedia | undefined, document: FlowDocument): Promise<string> {
    const essence = document['essence_parameters'] as object | undefined;
    const flow = {
      id: randomUUID(),
      source_id: randomUUID(),
      ...(media && { container: media.container }),
      ...document,
      ...(media?.init && { essence_parameters: { ...essence, init_segments: true } }),
    };
    await this.send('PUT', `/flows/${flow.id}`, flow);
    return flow.id;
  }

  /** Makes a Flow that collects others. @returns its id */
  collection(flowIds: readonly string[], document: FlowDocument = {}): Promise<string> {
    const members = flowIds.map((id) => ({ id }));
    return this.flow(undefined, { ...multiDocument, flow_collection: members, ...document });
  }

  /** Uploads all objects of media for a Flow. */
  async store(flowId: string, media: CutMedia): Promise<StoredMedia> {
    const all = [...(media.init ? [media.init] : []), ...media.pieces.map(({ bytes }) => bytes)];
    const objects: AllocatedObject[] = [];
    for (const bytes of all) objects.push(await this.upload(flowId, bytes));
    const ids = objects.map(({ object_id: id }) => id);
    return media.init
      ? { media, objectIds: ids.slice(1), initObjectId: ids[0] }
      : { media, objectIds: ids, initObjectId: undefined };
  }

  /** Places a piece on a Flow's timeline. @param at where it begins, in nanoseconds */
  async place(
    flowId: string,
    { media, objectIds, initObjectId }: StoredMedia,
    index: number,
    at: bigint,
  ): Promise<void> {
    const piece = media.pieces[index];
    if (!piece) throw new Error(`There is no piece ${index}.`);
    const end = at + nanosecondsOf(piece.duration);
    await this.send('POST', `/flows/${flowId}/segments`, {
      object_id: objectIds[index],
      ...(initObjectId !== undefined && { init_object_id: initObjectId }),
      timerange: `[${timestampOf(at)}_${timestampOf(end)})`,
      ts_offset: timestampOf(at - nanosecondsOf(media.firstTime + piece.start)),
    });
  }

  /** Makes a complete Flow of all of some media, from zero on. */
  async complete(media: CutMedia, document: FlowDocument): Promise<{ flowId: string; stored: StoredMedia }> {
    const flowId = await this.flow(media, { status: 'closed_complete', ...document });
    const stored = await this.store(flowId, media);
    for (const [index, { start }] of media.pieces.entries())
      await this.place(flowId, stored, index, nanosecondsOf(start));
    return { flowId, stored };
  }

  /** Uploads one object. */
  private async upload(flowId: string, bytes: Buffer): Promise<AllocatedObject> {
    const { media_objects: objects } = await this.send<{ media_objects: AllocatedObject[] }>(
      'POST',
      `/flows/${flowId}/storage`,
      { limit: 1 },
    );
    const [object] = objects;
    if (!object) throw new Error('The server allocated nothing.');
    const { url, 'content-type': type } = object.put_url;
    const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(bytes) });
    if (!answer.ok) throw new Error(`Upload: ${answer.status} ${await answer.text()}`);
    return object;
  }

  /** Sends JSON. @throws {Error} with what the server said, unless it agreed */
  async send<Body>(method: string, path: string, body: unknown): Promise<Body> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }
}

/** Whole microseconds, which is what ffmpeg's playlists say, in nanoseconds. */
export function nanosecondsOf(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6)) * 1000n;
}

/** A timestamp of the API. */
function timestampOf(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${nanoseconds < 0n ? '-' : ''}${size / 1_000_000_000n}:${size % 1_000_000_000n}`;
}
