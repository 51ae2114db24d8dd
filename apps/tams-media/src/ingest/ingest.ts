import type { TamsClient } from '../client/tams-client';
import type { Flow } from '../client/tams-types';
import { Slots } from '../concurrency';
import { Failure, MediaGoneFailure, reasonOf } from '../failure';
import { formatTimeRange } from '../media-time';
import { FlowIdBook } from './flow-ids';
import { followPlaylist } from './follow-playlist';
import { Journal } from './journal';
import { planIngest, type PlanOptions } from './plan';
import { mainFlow, type IngestPlan } from './rendition';
import { SegmentSender, type SentSegment } from './segment-sender';

/** What to ingest and how. */
export interface IngestOptions extends Omit<PlanOptions, 'ids' | 'warn' | 'signal' | 'live' | 'follow'> {
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
    follow:
      options.live === 'follow'
        ? (playlist, location, folder) => followPlaylist(playlist, location, folder, { stop, warn })
        : undefined,
  });
  try {
    return { ...(await new Ingest(client, plan, journal, options, progress).run()), warnings };
  } finally {
    await plan.dispose();
  }
}

/** Kept for `--json`; a live stream may go on warning. */
const MOST_WARNINGS = 1000;

class Ingest {
  private readonly senders: SegmentSender[] = [];

  constructor(
    private readonly client: TamsClient,
    private readonly plan: IngestPlan,
    private readonly journal: Journal,
    private readonly options: IngestOptions,
    private readonly progress: IngestProgress,
  ) {}

  async run(): Promise<Omit<IngestResult, 'warnings'>> {
    const existing = await this.existingSegments();
    await this.journal.save();
    await this.putFlows('ingesting');
    this.progress.uploading(this.plan.bytes);
    const slots = new Slots(this.options.concurrency ?? DEFAULT_CONCURRENCY);
    for (const [index, rendition] of this.plan.renditions.entries()) {
      this.senders.push(
        new SegmentSender(this.client, rendition, existing[index] ?? new Map<string, string>(), {
          slots,
          inits: this.journal.entry.inits,
          initStored: () => this.journal.save(),
          uploaded: this.progress.uploaded,
          registered: (segments) => {
            this.progress.registered(rendition.flow.id, segments);
          },
          target: this.options.segmentDuration,
        }),
      );
    }
    const results = await Promise.allSettled(this.senders.map((sender) => sender.sendAll()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) await this.abandon(failed.reason);
    await this.putFlows('closed_complete');
    this.journal.entry.complete = true;
    await this.journal.save();
    return this.result();
  }

  /** What a resumed ingest has on the server already, for each rendition: object ids by timerange. */
  private async existingSegments(): Promise<Map<string, string>[]> {
    if (!this.options.resume) return [];
    const found: Map<string, string>[] = [];
    for (const { flow } of this.plan.renditions) {
      const existing = new Map<string, string>();
      if (await this.client.flow(flow.id)) {
        for await (const page of this.client.segmentPages(flow.id, { accept_get_urls: '', limit: '300' })) {
          for (const segment of page) existing.set(segment.timerange, segment.object_id);
        }
      }
      found.push(existing);
    }
    return found;
  }

  /** Collected Flows first: a collection may only name Flows that exist. */
  private async putFlows(status: NonNullable<Flow['status']>, client = this.client): Promise<void> {
    for (const [index, { flow, inside }] of this.plan.renditions.entries()) {
      const rates = this.senders[index]?.rates();
      for (const [place, each] of inside.entries()) {
        await client.putFlow(withStatus({ ...each, ...rates?.inside[place] }, status));
      }
      await client.putFlow(withStatus({ ...flow, ...rates?.own }, status));
    }
    for (const flow of this.plan.collections) await client.putFlow(withStatus(flow, status));
  }

  /** Leaves the Flows in a state that is true, says so, and passes the failure on. */
  private async abandon(error: unknown): Promise<never> {
    if (
      error instanceof MediaGoneFailure &&
      !this.options.resume &&
      this.senders.every(({ sent }) => sent.length === 0)
    ) {
      await this.deleteFlows();
      const next = [error.next, 'Nothing was registered, and no Flow is left.'].filter(Boolean).join(' ');
      throw new Failure(error.message, { next, cause: error });
    }
    const main = mainFlow(this.plan);
    const state = await this.putFlows('awaiting_content', this.client.tryingOnce(undefined)).then(
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
      timerange: rangeOf(this.senders.slice(index, index + 1)),
      bytes: this.senders[index]?.bytes ?? 0,
      segments: this.senders[index]?.sent ?? [],
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
      timerange: rangeOf(this.senders),
      seconds: Math.max(...this.senders.map((sender) => sender.seconds)),
      bytes: this.senders.reduce((sum, sender) => sum + sender.bytes, 0),
      segments: own?.segments ?? [],
      flows,
      collected: collected ?? [],
    };
  }
}

/** `status` is the specification's; clients in the field read the older tag (AppNote 0003). */
function withStatus(flow: Flow, status: NonNullable<Flow['status']>): Flow {
  return { ...flow, status, tags: { ...flow.tags, flow_status: status } };
}

function rangeOf(senders: SegmentSender[]): string {
  const starts = senders.map((sender) => sender.start).filter((start) => start !== undefined);
  const ends = senders.map((sender) => sender.end).filter((end) => end !== undefined);
  const start = starts.reduce((least, each) => (each < least ? each : least), starts[0] ?? 0n);
  const end = ends.reduce((most, each) => (each > most ? each : most), ends[0] ?? 0n);
  return starts.length === 0 ? '()' : formatTimeRange(start, end);
}
