import { ServerStore } from '../client/server-store';
import type { TamsClient } from '../client/tams-client';
import {
  Failure,
  FlowIdBook,
  formatTimeRange,
  type IngestPlan,
  IngestRun,
  least,
  mainFlow,
  MediaGoneFailure,
  reasonOf,
  type SegmentSender,
  type SentSegment,
} from '@tams/media';
import { followPlaylist } from './follow-playlist';
import { Journal } from './journal';
import { planIngest, type PlanOptions } from './plan';

/** What to ingest and how. */
export interface IngestOptions extends Omit<PlanOptions, 'ids' | 'warn' | 'signal' | 'live' | 'listening' | 'follow'> {
  /** Uploads at the same time; default 4. */
  concurrency?: number | undefined;
  /** Go on with a broken ingest of the same media where it stopped. */
  resume?: boolean | undefined;
  /** Follow a playlist as it grows, or read a live MPEG-TS; until it ends or `stop` says so. */
  live?: 'follow' | 'stream' | undefined;
  stop?: AbortSignal | undefined;
}

/** Told how far an ingest has come. */
export interface IngestProgress {
  /** A live stream is waited for; absent where that interests nobody. */
  listening?: (address: string) => void;
  /** The media is known; bytes to send where that can be said. */
  uploading: (bytes: number | undefined) => void;
  uploaded: (bytes: number) => void;
  registered: (flowId: string, segments: SentSegment[]) => void;
  warn: (text: string) => void;
}

/** One Flow with segments. */
export interface IngestedFlow {
  id: string;
  format: string;
  container: string;
  timerange: string;
  bytes: number;
  segments: SentSegment[];
}

/** What an ingest made. */
export interface IngestResult {
  /** The Flow that holds all others together, or the only one. */
  flow_id: string;
  source_id: string;
  label: string;
  /** Range of all segments. */
  timerange: string;
  seconds: number;
  bytes: number;
  /** Segments of the main Flow, or of the first one it collects where it has none itself. */
  segments: SentSegment[];
  /** Every Flow with segments. */
  flows: IngestedFlow[];
  /** The Flows collected by the main Flow. */
  collected: { id: string; format: string }[];
  warnings: string[];
}

const DEFAULT_CONCURRENCY = 4;

/**
 * Reads the media, creates its Flows, sends its segments and closes the Flows. Nothing is created before the media was found to
 * be readable.
 * @throws Failure with what went wrong; the Flows then say `awaiting_content`, and the ingest can be resumed
 */
export async function ingest(
  client: TamsClient,
  options: IngestOptions,
  progress: IngestProgress,
): Promise<IngestResult> {
  const { media, muxed = false, segmentDuration, variants } = options;
  const warnings: string[] = [];
  const warn = (text: string): void => {
    if (warnings.length < MOST_WARNINGS) warnings.push(text);
    progress.warn(text);
  };
  const key = { server: client.url, media, muxed, segmentDuration, variants };
  const journal = await Journal.open(key, options.resume ?? false, warn);
  const ids = new FlowIdBook(journal.entry.flows, journal.entry.sources);
  const stop = options.stop ?? new AbortController().signal;
  const plan = await planIngest({
    ...options,
    ids,
    warn,
    signal: client.signal,
    live: options.live === 'stream' ? stop : undefined,
    listening: progress.listening,
    follow:
      options.live === 'follow'
        ? (playlist, location, folder) => followPlaylist(playlist, location, folder, { stop, warn })
        : undefined,
  });
  try {
    const existing = options.resume ? await existingSegments(client, plan) : [];
    return { ...(await new Ingest(client, plan, journal, options, progress, existing).carryOut()), warnings };
  } finally {
    await plan.dispose();
  }
}

/** Kept for `--json`; a live stream may go on warning. */
const MOST_WARNINGS = 1000;

class Ingest {
  private readonly run: IngestRun;

  constructor(
    private readonly client: TamsClient,
    private readonly plan: IngestPlan,
    private readonly journal: Journal,
    private readonly options: IngestOptions,
    private readonly progress: IngestProgress,
    existing: readonly ReadonlyMap<string, string>[],
  ) {
    this.run = new IngestRun(new ServerStore(client), plan, {
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      target: options.segmentDuration,
      existing,
      inits: journal.entry.inits,
      initStored: () => journal.save(),
      uploaded: progress.uploaded,
      registered: progress.registered,
    });
  }

  async carryOut(): Promise<Omit<IngestResult, 'warnings'>> {
    await this.journal.save();
    await this.run.putFlows('ingesting');
    this.progress.uploading(this.plan.bytes);
    await this.run.send().catch((error: unknown) => this.abandon(error));
    await this.run.putFlows('closed_complete');
    this.journal.entry.complete = true;
    await this.journal.save();
    return this.result();
  }

  /** Leaves the Flows in a state that is true, says so, and passes the failure on. */
  private async abandon(error: unknown): Promise<never> {
    if (
      error instanceof MediaGoneFailure &&
      !this.options.resume &&
      this.run.senders.every(({ sent }) => sent.length === 0)
    ) {
      await this.deleteFlows();
      const next = [error.next, 'Nothing was registered, and no Flow is left.'].filter(Boolean).join(' ');
      throw new Failure(error.message, { next, cause: error });
    }
    const main = mainFlow(this.plan);
    const state = await this.run.putFlows('awaiting_content', this.client.tryingOnce(undefined)).then(
      () => `Flow ${main.id} exists with what was registered before, and says awaiting_content.`,
      (second: unknown) => `Flow ${main.id} was left saying ingesting: ${reasonOf(second)}.`,
    );
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.message, {
      next: [error.next, `${state} Go on where it stopped with --resume.`].filter(Boolean).join(' '),
      cause: error,
    });
  }

  /** Collections first, as they name the others. */
  private async deleteFlows(): Promise<void> {
    const client = this.client.tryingOnce(undefined);
    const flows = this.plan.renditions.flatMap(({ flow, inside }) => [flow, ...inside]);
    for (const { id } of [...this.plan.collections, ...flows]) await client.deleteFlow(id);
  }

  private result(): Omit<IngestResult, 'warnings'> {
    const main = mainFlow(this.plan);
    const flows = this.plan.renditions.map(({ flow }, index) => ({
      id: flow.id,
      format: flow.format,
      container: flow.container ?? '',
      timerange: rangeOf(this.run.senders.slice(index, index + 1)),
      bytes: this.run.senders[index]?.bytes ?? 0,
      segments: this.run.senders[index]?.sent ?? [],
    }));
    const own = flows.find(({ id }) => id === main.id) ?? flows[0];
    const all = [...this.plan.collections, ...this.plan.renditions.flatMap(({ flow, inside }) => [flow, ...inside])];
    const collected = main.flow_collection?.map(({ id }) => ({
      id,
      format: all.find((flow) => flow.id === id)?.format ?? '',
    }));
    return {
      flow_id: main.id,
      source_id: main.source_id,
      label: main.label ?? '',
      timerange: rangeOf(this.run.senders),
      seconds: Math.max(...this.run.senders.map((sender) => sender.seconds)),
      bytes: this.run.senders.reduce((sum, sender) => sum + sender.bytes, 0),
      segments: own?.segments ?? [],
      flows,
      collected: collected ?? [],
    };
  }
}

/** What a resumed ingest has on the server already, for each rendition: object ids by timerange. */
async function existingSegments(client: TamsClient, plan: IngestPlan): Promise<Map<string, string>[]> {
  const found: Map<string, string>[] = [];
  for (const { flow } of plan.renditions) {
    const existing = new Map<string, string>();
    if (await client.flow(flow.id)) {
      for await (const page of client.segmentPages(flow.id, { accept_get_urls: '', limit: '300' })) {
        for (const segment of page) existing.set(segment.timerange, segment.object_id);
      }
    }
    found.push(existing);
  }
  return found;
}

function rangeOf(senders: readonly SegmentSender[]): string {
  const starts = senders.map((sender) => sender.start).filter((start) => start !== undefined);
  const ends = senders.map((sender) => sender.end).filter((end) => end !== undefined);
  const start = least(starts);
  const end = ends.reduce((most, each) => (each > most ? each : most), ends[0] ?? 0n);
  return starts.length === 0 ? '()' : formatTimeRange(start, end);
}
