import { ALL_FORMATS, BufferSource, FilePathSource, Input } from 'mediabunny';
import { ObjectDownload } from '../client/download';
import type { TamsClient } from '../client/tams-client';
import { type FlowSegment, type OpenMedia, openMedia } from '@tams/media';
import { TemporaryFolder } from '../temporary-folder';

/** Objects up to this size are held in memory while they are read, larger ones in a temporary file. */
const LARGEST_IN_MEMORY = 64_000_000;

/** Fetches objects and opens them as media, with the initialisation segments they need. */
export class ObjectStore {
  private readonly inits = new Map<string, Promise<Input>>();
  private readonly folder = new TemporaryFolder();

  constructor(private readonly client: TamsClient) {}

  /** The media of a segment. @throws Failure where it cannot be fetched or read */
  async open(flowId: string, segment: FlowSegment, download: ObjectDownload): Promise<OpenMedia> {
    const init = segment.init_object && (await this.initOf(flowId, segment));
    const source = await this.sourceOf(download);
    return openMedia(`Segment ${segment.timerange} (object ${segment.object_id})`, source, init);
  }

  /** Begins to fetch a segment's object. */
  download(flowId: string, segment: FlowSegment): ObjectDownload {
    const refresh = async (): Promise<NonNullable<FlowSegment['get_urls']>> =>
      (await this.again(flowId, segment))?.get_urls ?? [];
    return new ObjectDownload(this.client, `Segment ${segment.timerange}`, segment.get_urls ?? [], refresh);
  }

  /** Closes what is open and removes temporary files. */
  async dispose(): Promise<void> {
    for (const init of this.inits.values()) (await init.catch(() => undefined))?.dispose();
    await this.folder.dispose();
  }

  private initOf(flowId: string, segment: FlowSegment): Promise<Input> {
    const id = segment.init_object?.object_id ?? '';
    let init = this.inits.get(id);
    if (!init) {
      const refresh = async (): Promise<NonNullable<FlowSegment['get_urls']>> =>
        (await this.again(flowId, segment))?.init_object?.get_urls ?? [];
      const urls = segment.init_object?.get_urls ?? [];
      const download = new ObjectDownload(this.client, `Initialisation object ${id}`, urls, refresh);
      init = this.sourceOf(download).then((source) => new Input({ source, formats: ALL_FORMATS }));
      this.inits.set(id, init);
    }
    return init;
  }

  private async again(flowId: string, segment: FlowSegment): Promise<FlowSegment | undefined> {
    const query = { timerange: segment.timerange, object_id: segment.object_id };
    for await (const page of this.client.segmentPages(flowId, query)) {
      const found = page.find((each) => each.object_id === segment.object_id);
      if (found) return found;
    }
    return undefined;
  }

  private async sourceOf(download: ObjectDownload): Promise<BufferSource | FilePathSource> {
    const chunks: Buffer[] = [];
    let size = 0;
    const bytes = download.bytes();
    for await (const chunk of bytes) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST_IN_MEMORY) return new FilePathSource(await this.folder.holding(joined(chunks, bytes)));
    }
    return new BufferSource(Buffer.concat(chunks));
  }
}

/** What was read already, and what comes; the first is forgotten as it goes. */
async function* joined(first: Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for (let chunk = first.shift(); chunk; chunk = first.shift()) yield chunk;
  yield* rest;
}
