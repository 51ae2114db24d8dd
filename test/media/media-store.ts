import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import type { Flow, FlowSegment } from '@tams/media';
import {
  ingest,
  type IngestOptions,
  type IngestProgress,
  type IngestResult,
} from '../../apps/tams-media/src/ingest/ingest';
import { remux, type RemuxResult } from '../../apps/tams-media/src/outgest/remux';
import type { RemuxFormat } from '../../apps/tams-media/src/outgest/remux-formats';
import { selectTracks } from '../../apps/tams-media/src/outgest/selection';
import { startTestServer, type TestServer } from '../support/test-server';

/** A real server, and what the media commands do with it; journals are kept in a folder of its own. */
export class MediaStore {
  readonly client: TamsClient;

  private constructor(
    readonly tams: TestServer,
    private readonly state: string,
  ) {
    this.client = new TamsClient({ url: tams.url });
  }

  static async start(): Promise<MediaStore> {
    const state = await mkdtemp(join(tmpdir(), 'state-'));
    process.env['XDG_STATE_HOME'] = state;
    return new MediaStore(await startTestServer(), state);
  }

  async stop(): Promise<void> {
    delete process.env['XDG_STATE_HOME'];
    await this.tams.stop();
    await rm(this.state, { recursive: true, force: true });
  }

  ingest(
    media: string,
    options: Partial<IngestOptions> = {},
    progress: Partial<IngestProgress> = {},
  ): Promise<IngestResult> {
    return ingest(this.client, { media, segmentDuration: 1, ...options }, { ...silent, ...progress });
  }

  async write(id: string, path: string, format: RemuxFormat, timerange?: string): Promise<RemuxResult> {
    const selection = await selectTracks(this.client, id);
    return remux(this.client, selection, path, { format, timerange, gaps: 'keep', warn: () => undefined });
  }

  async segments(flowId: string): Promise<FlowSegment[]> {
    const segments: FlowSegment[] = [];
    for await (const page of this.client.segmentPages(flowId, { include_object_timerange: 'true' }))
      segments.push(...page);
    return segments;
  }

  async deleteSegments(flowId: string, timerange: string): Promise<void> {
    const query = new URLSearchParams({ timerange });
    const response = await fetch(`${this.tams.url}/flows/${flowId}/segments?${query.toString()}`, { method: 'DELETE' });
    if (!response.ok) throw new Error(`DELETE answered ${response.status}`);
  }

  async flow(id: string): Promise<Flow> {
    const found = await this.client.flow(id);
    if (!found) throw new Error(`no Flow ${id}`);
    return found;
  }
}

const silent: IngestProgress = {
  uploading: () => undefined,
  uploaded: () => undefined,
  registered: () => undefined,
  warn: () => undefined,
};
