import { Failure } from '../failure';
import { formatTimeRange, toSeconds } from '../media-time';
import type { Slots } from '../slots';
import type { FailedSegment } from '../tams-types';
import { BitRateMeter, type FlowRates } from './bit-rate';
import type { MediaStore } from './media-store';
import type { Rendition } from './rendition';
import { newSegment, sizeOf, type Content, type PreparedSegment } from './segment';

/** One segment that the server has: which object it became, where it lies, and which file it was where it was one. */
export interface SentSegment {
  object_id: string;
  timerange: string;
  bytes: number;
  file?: string;
}

/** What a sender needs to know. */
export interface SenderOptions {
  /** Uploads at the same time, over all renditions. */
  slots: Slots;
  /** Initialisation objects by Flow and what tells their bytes apart; kept in the journal. */
  inits: Record<string, string>;
  /** Told when `inits` has changed. */
  initStored: () => Promise<void>;
  uploaded: (bytes: number) => void;
  /** Told when segments are registered. */
  registered: (segments: SentSegment[]) => void;
  target: number | undefined;
}

/** Registered in one request at most; also what is uploaded while the last request is under way. */
const LARGEST_BATCH = 50;
/** Segments whose results are kept to be shown; a live ingest has no end. */
const KEPT_RESULTS = 100_000;

interface Uploaded {
  segment: PreparedSegment;
  objectId: string;
  initObjectId: string | undefined;
}

/**
 * Uploads a rendition's segments, several at a time, and registers them in order, as many in one request as are ready. An upload
 * URL is asked for when there is a free place to use it, so that none grows old in a queue. What the server has already is not
 * sent again.
 */
export class SegmentSender {
  readonly sent: SentSegment[] = [];
  /** Nanoseconds; the Flow's own range. */
  start: bigint | undefined;
  end: bigint | undefined;
  seconds = 0;
  bytes = 0;
  private readonly meter: BitRateMeter;
  private readonly ready = new Map<number, Uploaded>();
  private readonly running = new Set<Promise<void>>();
  private next = 0;
  private registeredUpTo = 0;
  private registering: Promise<void> = Promise.resolve();
  private failure: unknown;
  private inits = new Map<string, Promise<string>>();
  private readonly initFingerprints = new WeakMap<Content, Promise<string>>();

  constructor(
    private readonly mediaStore: MediaStore,
    private readonly rendition: Rendition,
    /** Object ids by timerange of what the server has already. */
    private readonly existing: ReadonlyMap<string, string>,
    private readonly options: SenderOptions,
  ) {
    this.meter = new BitRateMeter(options.target);
  }

  /** Sends everything the rendition yields. @throws the first failure, after what was under way has ended */
  async sendAll(): Promise<void> {
    try {
      for await (const segment of this.rendition.segments) {
        if (this.failure !== undefined) break;
        await this.send(segment);
      }
    } catch (error) {
      this.failure ??= error;
    }
    await Promise.all(this.running);
    await this.registering;
    if (this.failure !== undefined) throw this.failure as Error;
  }

  /** The Flow's rates as measured; undefined where nothing was sent. */
  rates(): FlowRates | undefined {
    return this.meter.rates();
  }

  private async send(segment: PreparedSegment): Promise<void> {
    this.count(segment);
    const known = this.existing.get(formatTimeRange(segment.start, segment.end));
    if (known !== undefined) {
      this.keep({ segment, objectId: known, initObjectId: undefined });
      this.options.uploaded(sizeOf(segment.content));
      return;
    }
    const number = this.next;
    this.next += 1;
    const release = await this.options.slots.take();
    const work = this.upload(segment)
      .then((uploaded) => {
        this.ready.set(number, uploaded);
        this.registering = this.registering.then(() => this.registerReady());
      })
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => {
        release();
        this.running.delete(work);
      });
    this.running.add(work);
  }

  private count(segment: PreparedSegment): void {
    const seconds = toSeconds(segment.end - segment.start);
    const bytes = sizeOf(segment.content);
    this.start ??= segment.start;
    this.end = segment.end;
    this.seconds += seconds;
    this.bytes += bytes;
    this.meter.add({ bytes, seconds }, segment.trackBytes);
  }

  private async upload(segment: PreparedSegment): Promise<Uploaded> {
    const initObjectId = segment.init && (await this.initObject(segment.init));
    const objectId = await this.mediaStore.storeObject(this.rendition.flow.id, segment.content, this.options.uploaded);
    return { segment, objectId, initObjectId };
  }

  /** Initialisation segments are stored once and shared (AppNote 0024). */
  private async initObject(init: Content): Promise<string> {
    let fingerprint = this.initFingerprints.get(init);
    if (!fingerprint) {
      fingerprint = this.mediaStore.fingerprintOf(init);
      this.initFingerprints.set(init, fingerprint);
    }
    const key = `${this.rendition.flow.id} ${await fingerprint}`;
    let stored = this.inits.get(key);
    if (!stored) {
      stored = this.storeInit(key, init);
      this.inits.set(key, stored);
    }
    return stored;
  }

  private async storeInit(key: string, init: Content): Promise<string> {
    const known = this.existing.size > 0 ? this.options.inits[key] : undefined;
    if (known !== undefined) return known;
    const id = await this.mediaStore.storeObject(this.rendition.flow.id, init, () => undefined);
    this.options.inits[key] = id;
    await this.options.initStored();
    return id;
  }

  private async registerReady(): Promise<void> {
    if (this.failure !== undefined) return;
    const batch: Uploaded[] = [];
    for (let number = this.registeredUpTo; batch.length < LARGEST_BATCH; number += 1) {
      const uploaded = this.ready.get(number);
      if (!uploaded) break;
      this.ready.delete(number);
      batch.push(uploaded);
    }
    if (batch.length === 0) return;
    try {
      const failed = await this.mediaStore.register(
        this.rendition.flow.id,
        batch.map(({ segment, objectId, initObjectId }) => newSegment(segment, objectId, initObjectId)),
      );
      if (failed.length > 0) throw notRegistered(failed);
      this.registeredUpTo += batch.length;
      this.options.registered(batch.map((uploaded) => this.keep(uploaded)));
    } catch (error) {
      this.failure ??= error;
    }
  }

  private keep({ segment, objectId }: Uploaded): SentSegment {
    const { content } = segment;
    const result: SentSegment = {
      object_id: objectId,
      timerange: formatTimeRange(segment.start, segment.end),
      bytes: sizeOf(content),
      ...('path' in content && !content.isTemporary && content.offset === 0 ? { file: content.path } : {}),
    };
    if (this.sent.length < KEPT_RESULTS) this.sent.push(result);
    return result;
  }
}

function notRegistered(failed: FailedSegment[]): Failure {
  const shown = failed
    .slice(0, 5)
    .map((each) => `  ${each.timerange ?? '?'} ${each.object_id}: ${each.error?.summary ?? 'no reason given'}`);
  const more = failed.length > shown.length ? [`  and ${failed.length - shown.length} more`] : [];
  return new Failure(
    [
      `The server did not register ${failed.length === 1 ? '1 segment' : `${failed.length} segments`}:`,
      ...shown,
      ...more,
    ].join('\n'),
  );
}
