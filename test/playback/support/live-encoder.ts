import { setTimeout as delay } from 'node:timers/promises';
import type { CutMedia } from './cut-media';
import { type PlayableStore, nanosecondsOf, type StoredMedia } from './playable-store';

/** TAI less UTC, in milliseconds. */
const TAI_AHEAD_MS = 37_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** How soon an encoder tries again when the server does not answer, in milliseconds. */
const RETRY_MS = 100;

/** One Flow that grows. */
interface LiveTrack {
  readonly flowId: string;
  readonly stored: StoredMedia;
}

/** An encoder that places pieces of prepared media on the timelines of Flows, at the time of day at which they end. */
export class LiveEncoder {
  private placed = 0;

  private constructor(
    private readonly store: PlayableStore,
    private readonly tracks: readonly LiveTrack[],
    /** When the first piece begins: milliseconds since the epoch, in UTC. */
    private readonly begin: number,
  ) {}

  /** Uploads media for Flows, and places what lies in the past. @param past seconds */
  static async start(
    store: PlayableStore,
    flows: readonly { readonly flowId: string; readonly media: CutMedia }[],
    past: number,
  ): Promise<LiveEncoder> {
    const tracks: LiveTrack[] = [];
    for (const { flowId, media } of flows) tracks.push({ flowId, stored: await store.store(flowId, media) });
    return new LiveEncoder(store, tracks, Date.now() - past * 1000);
  }

  /** End of what all Flows hold: milliseconds since the epoch, in UTC. */
  get edge(): number {
    return Math.min(...this.tracks.map((track) => this.startOf(track, this.placed)));
  }

  /** Places every piece when its time has come, and again as long as the server is away. @param signal ends it */
  async run(signal: AbortSignal): Promise<void> {
    const count = Math.min(...this.tracks.map(({ stored }) => stored.objectIds.length)) - 1;
    while (this.placed < count && !signal.aborted) {
      const wait = Math.max(...this.tracks.map((track) => this.startOf(track, this.placed + 1))) - Date.now();
      if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined);
      await Promise.all(this.tracks.map((track) => this.place(track, signal)));
      this.placed += 1;
    }
  }

  /** When a piece begins: milliseconds since the epoch, in UTC. */
  private startOf({ stored }: LiveTrack, index: number): number {
    return this.begin + (stored.media.pieces[index]?.start ?? 0) * 1000;
  }

  private async place({ flowId, stored }: LiveTrack, signal: AbortSignal): Promise<void> {
    const begin = BigInt(this.begin + TAI_AHEAD_MS) * NANOSECONDS_PER_MILLISECOND;
    const at = begin + nanosecondsOf(stored.media.pieces[this.placed]?.start ?? 0);
    let mayBeThere = false;
    while (!signal.aborted) {
      try {
        await this.store.place(flowId, stored, this.placed, at);
        return;
      } catch (error) {
        // A server that was killed before it could answer had registered it.
        if (mayBeThere && String(error).includes('segment-exists')) return;
        mayBeThere = true;
        // So `fetch` says that nobody listens, or hangs up; the class is another one in each realm of Jest.
        if (!Error.isError(error) || error.name !== 'TypeError') throw error;
        await delay(RETRY_MS);
      }
    }
  }
}
