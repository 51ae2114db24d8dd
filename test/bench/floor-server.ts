import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, type PoolClient, types } from 'pg';
import { livePlaylistText, playlistText, type EntryRow, type PlayedRow } from './floor-playlists';
import type { FloorSetup, Statements } from './floor-setup';

/**
 * The floor: what an answer costs when nothing is done for it but the SQL and the bytes. Bare `node:http` and `pg` with
 * prepared statements, the server's own SQL on the same database; no framework, no routing table, no validation, no
 * signing (a constant of the same length), no logs, no metrics. It must not be used for anything else: it believes every client.
 */

type SegmentRow = Record<'object_id' | 'timerange', string> & {
  /** Of its only instance; all objects here have one. */
  readonly sole_storage_id: string | null;
};
type FlowRow = Record<string, unknown> & { readonly document: Record<string, unknown> };
interface PostedSegment {
  readonly object_id: string;
  readonly timerange: string;
}

/** As long as an HMAC-SHA256 in base64url. */
const SIGNATURE = 'x'.repeat(43);

/** All of the timeline, in nanoseconds, and more rows than a playlist has. */
const ALL = ['-9223372036854775808', '9223372036854775807', 43_201];
/** The live window as shipped, in nanoseconds. */
const WINDOW = 300_000_000_000n;

const rfc3339 = (text: string): string => {
  const [seconds = text, fraction = ''] = text.slice(0, -'+00'.length).replace(' ', 'T').split('.', 2);
  return `${seconds}.${fraction.padEnd(6, '0')}Z`;
};
const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === types.builtins.TIMESTAMPTZ.valueOf() && format !== 'binary') return rfc3339;
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- types of extensions have ids outside the enum
    return types.getTypeParser(oid, format);
  },
};

class Floor {
  private readonly pool: Pool;

  constructor(private readonly setup: FloorSetup) {
    const { databaseUrl: connectionString, poolSize: max } = setup;
    this.pool = new Pool({ connectionString, max, types: typeParsers, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const [, , flowId = '', part] = path.split('/');
    if (request.method === 'POST') {
      const body: unknown = JSON.parse(await textOf(request));
      if (part === 'storage')
        this.write(response, 'storage', 201, await this.allocate(flowId, body as { limit: number }));
      else {
        await this.register(flowId, [body].flat() as PostedSegment[]);
        this.write(response, 'register', 201);
      }
    } else if (part === 'segments') {
      const kind = query.includes('accept_get_urls=') ? 'pageWithoutUrls' : 'page';
      this.write(response, kind, 200, await this.page(kind, flowId, query));
    } else if (part === 'output.m3u8') {
      const kind = query.endsWith('type=live') ? 'livePlaylist' : 'playlist';
      this.write(response, kind, 200, await (kind === 'playlist' ? this.playlist(flowId) : this.liveWindow(flowId)));
    } else if (flowId) {
      const [row] = await this.query<FlowRow>(this.pool, 'flow', [flowId]);
      this.write(response, 'flow', 200, row && flowOf(row));
    } else {
      const tag = /(?:^|&)tag\.([^=]+)=([^&]+)/.exec(query);
      const rows = await this.query<FlowRow>(this.pool, 'flowList', [tag?.[1], tag?.[2]]);
      this.write(response, 'flowList', 200, rows.slice(0, 100).map(flowOf));
    }
  }

  private async page(kind: 'page' | 'pageWithoutUrls', flowId: string, query: string): Promise<unknown> {
    const timerange = /timerange=([^&]+)/.exec(query)?.[1] ?? '';
    const limit = Number(/limit=(\d+)/.exec(query)?.[1]);
    const [start, end] = nanosecondsOf(decodeURIComponent(timerange));
    const rows = await this.query<SegmentRow>(this.pool, kind, [flowId, start, end, limit + 1]);
    const expires = expiryOf();
    return rows.slice(0, limit).map((row) => ({
      object_id: row.object_id,
      timerange: row.timerange,
      get_urls: row.sole_storage_id === null ? [] : this.urlsOf(row.object_id, row.sole_storage_id, expires),
    }));
  }

  private async playlist(flowId: string): Promise<string> {
    await this.query(this.pool, 'playedFlow', [flowId]);
    return playlistText(await this.query<PlayedRow>(this.pool, 'playedSegments', [flowId, ...ALL]));
  }

  private async liveWindow(flowId: string): Promise<string> {
    await this.query(this.pool, 'playedFlow', [flowId]);
    const [last] = await this.query<EntryRow>(this.pool, 'liveState', [flowId]);
    const after = BigInt(last?.entry_end_ns ?? 0) - WINDOW;
    return livePlaylistText(await this.query<EntryRow>(this.pool, 'liveEntries', [flowId, String(after)]));
  }

  private urlsOf(objectId: string, storageId: string, expires: number): unknown[] {
    const label = this.setup.storageLabel;
    const url = `${this.setup.origin}/media/${storageId}/${objectId}`;
    return [
      { label, url: `${url}?expires=${expires}&signature=${SIGNATURE}`, presigned: true },
      { label, url, presigned: false },
    ];
  }

  private async register(flowId: string, segments: readonly PostedSegment[]): Promise<void> {
    const ranges = segments.map((segment) => nanosecondsOf(segment.timerange));
    const [starts, ends] = [ranges.map(([start]) => start), ranges.map(([, end]) => end)];
    const ids = segments.map((segment) => segment.object_id);
    const timeranges = segments.map((segment) => segment.timerange);
    const none = segments.map(() => null);
    const media = ranges.reduce((sum, [start, end]) => sum + BigInt(end) - BigInt(start), 0n);
    await this.transaction(async (client) => {
      await this.query(client, 'lockFlow', [flowId]);
      await this.query(client, 'overlapping', [flowId, starts, ends]);
      await this.query(client, 'lockObjects', [ids]);
      const one = segments.length === 1;
      const of = (...lists: unknown[][]): unknown[] => (one ? lists.map(([only]) => only) : lists);
      await this.query(client, one ? 'registerOne' : 'registerMedia', [
        flowId,
        ...of(ids, timeranges, starts, ends, none, none),
      ]);
      await this.query(client, one ? 'insertOne' : 'insertSegments', [
        flowId,
        ...of(starts, ends, ids, timeranges, none, none, none, none),
        String(media),
      ]);
    });
  }

  private async allocate(flowId: string, { limit }: { limit: number }): Promise<unknown> {
    const { storageId, origin } = this.setup;
    const ids = Array.from({ length: limit }, () => randomUUID());
    await this.transaction(async (client) => {
      await this.query(client, 'lockFlow', [flowId]);
      await this.query(client, 'allocate', [ids, flowId, 'video/mp2t', storageId]);
    });
    const expires = expiryOf();
    return {
      media_objects: ids.map((id) => ({
        object_id: id,
        put_url: {
          url: `${origin}/media/${storageId}/${id}?content_type=video%2Fmp2t&expires=${expires}&signature=${SIGNATURE}`,
          'content-type': 'video/mp2t',
        },
        presigned: true,
      })),
    };
  }

  private async query<Row extends object>(
    connection: Pool | PoolClient,
    name: keyof Statements,
    values: unknown[],
  ): Promise<Row[]> {
    const text = this.setup.statements[name];
    // Not the listing: PostgreSQL plans it better when it sees the tag.
    const { rows } = await connection.query<Row>(name === 'flowList' ? { text, values } : { name, text, values });
    return rows;
  }

  private async transaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  private write(response: ServerResponse, kind: string, status: number, body?: unknown): void {
    const bytes = Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
    response.writeHead(status, { ...this.setup.headers[kind], 'content-length': bytes.length });
    response.end(bytes);
  }
}

function flowOf(row: FlowRow): unknown {
  const { id, source_id, document, metadata_version, created, metadata_updated, segments_updated } = row;
  return {
    id,
    source_id,
    ...document,
    metadata_version,
    created,
    metadata_updated,
    ...(segments_updated !== null && { segments_updated }),
  };
}

/** Reads `[s:n_s:n)`; strings, because that is what PostgreSQL gets. */
function nanosecondsOf(timerange: string): [start: string, end: string] {
  const [start = '', end = ''] = timerange.slice(1, -1).split('_');
  return [joined(start), joined(end)];
}

function joined(timestamp: string): string {
  const [seconds = '', nanoseconds = ''] = timestamp.split(':');
  return seconds === '0' ? nanoseconds : seconds + nanoseconds.padStart(9, '0');
}

function expiryOf(): number {
  return Math.ceil((Date.now() / 1000 + 605) / 60) * 60;
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      resolve(text);
    });
    request.on('error', reject);
  });
}

process.once('message', (setup: FloorSetup) => {
  const floor = new Floor(setup);
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    floor.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
process.on('disconnect', () => process.exit(0));
