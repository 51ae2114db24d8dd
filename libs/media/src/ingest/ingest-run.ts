import { Slots } from '../slots';
import type { Flow } from '../tams-types';
import type { MediaStore } from './media-store';
import type { IngestPlan } from './rendition';
import { SegmentSender, type SentSegment } from './segment-sender';

/** How one ingest is carried out. */
export interface IngestRunOptions {
  /** Uploads at the same time, over all Flows. */
  concurrency: number;
  /** Seconds a segment should last; absent where the media's own segments are kept. */
  target?: number | undefined;
  /** Object ids by timerange of what the server has already, for each rendition. */
  existing?: readonly ReadonlyMap<string, string>[];
  /** Initialisation objects by Flow and what tells their bytes apart, as an earlier attempt left them. */
  inits?: Record<string, string>;
  /** Told when `inits` has changed. */
  initStored?: () => Promise<void>;
  uploaded: (bytes: number) => void;
  registered?: (flowId: string, segments: SentSegment[]) => void;
}

/** Carries a plan out: creates its Flows, sends the segments of all renditions at once, closes the Flows. */
export class IngestRun {
  readonly senders: readonly SegmentSender[];

  constructor(
    private readonly store: MediaStore,
    private readonly plan: IngestPlan,
    options: IngestRunOptions,
  ) {
    const slots = new Slots(options.concurrency);
    this.senders = plan.renditions.map(
      (rendition, index) =>
        new SegmentSender(store, rendition, options.existing?.[index] ?? new Map<string, string>(), {
          slots,
          inits: options.inits ?? {},
          initStored: options.initStored ?? (() => Promise.resolve()),
          uploaded: options.uploaded,
          registered: (segments) => {
            options.registered?.(rendition.flow.id, segments);
          },
          target: options.target,
        }),
    );
  }

  /** Sends all segments. @throws the first failure, after what was under way has ended */
  async send(): Promise<void> {
    const results = await Promise.allSettled(this.senders.map((sender) => sender.sendAll()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason as Error;
  }

  /** Writes the Flows with a status and the rates measured so far. Collected Flows first: a collection may only name Flows that exist. */
  async putFlows(status: NonNullable<Flow['status']>, store: Pick<MediaStore, 'putFlow'> = this.store): Promise<void> {
    for (const [index, { flow, inside }] of this.plan.renditions.entries()) {
      const rates = this.senders[index]?.rates();
      for (const [place, each] of inside.entries()) {
        await store.putFlow(withStatus({ ...each, ...rates?.inside[place] }, status));
      }
      await store.putFlow(withStatus({ ...flow, ...rates?.own }, status));
    }
    for (const flow of this.plan.collections) await store.putFlow(withStatus(flow, status));
  }
}

/** `status` is the specification's; clients in the field read the older tag (AppNote 0003). */
export function withStatus(flow: Flow, status: NonNullable<Flow['status']>): Flow {
  return { ...flow, status, tags: { ...flow.tags, flow_status: status } };
}
