import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Content, FailedSegment, Flow, MediaObject, MediaStore, NewSegment } from '@tams/media';
import { HttpFailure } from './http-request';
import type { TamsClient } from './tams-client';
import { uploadObject } from './upload';

/** A server as an ingest writes to it, from memory or from files. */
export class ServerStore implements MediaStore {
  constructor(private readonly client: TamsClient) {}

  putFlow(flow: Flow): Promise<void> {
    return this.client.putFlow(flow);
  }

  register(flowId: string, segments: NewSegment[]): Promise<FailedSegment[]> {
    return this.client.register(flowId, segments);
  }

  /** Files that were downloaded for this purpose only are removed when they are stored. */
  async storeObject(flowId: string, content: Content, onBytes: (bytes: number) => void): Promise<string> {
    const objectId = await this.upload(flowId, content, onBytes);
    if ('path' in content && content.isTemporary) await rm(content.path, { force: true });
    return objectId;
  }

  /** SHA-256, in hexadecimal. */
  async fingerprintOf(content: Content): Promise<string> {
    const hash = createHash('sha256');
    if ('bytes' in content) return hash.update(content.bytes).digest('hex');
    const { path, offset, size } = content;
    for await (const chunk of createReadStream(path, { start: offset, end: offset + size - 1 }))
      hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  /** An upload URL that the storage refuses may have expired on a slow line: one more is asked for. */
  private async upload(flowId: string, content: Content, onBytes: (bytes: number) => void): Promise<string> {
    const [object] = await this.client.allocate(flowId, 1);
    if (!object) throw new Error('an allocation without an object');
    try {
      await uploadObject(this.client, object, content, onBytes);
      return object.object_id;
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.status !== 403) throw error;
      const [another] = await this.client.allocate(flowId, 1);
      if (!another) throw error;
      await this.uploadAgain(another, content, onBytes);
      return another.object_id;
    }
  }

  private async uploadAgain(object: MediaObject, content: Content, onBytes: (bytes: number) => void): Promise<void> {
    try {
      await uploadObject(this.client, object, content, onBytes);
    } catch (error) {
      if (!(error instanceof HttpFailure) || error.status !== 403) throw error;
      throw new HttpFailure(error.message, error.status, {
        next: 'The storage refuses fresh upload URLs too: compare the clocks of this machine, the server and the storage, and what the server may do there.',
        cause: error,
      });
    }
  }
}
