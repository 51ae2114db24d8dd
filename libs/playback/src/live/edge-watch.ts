import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@tams/platform';
import { LivePlaylistRepository } from './live-playlist.repository';

/** How often the end of a Flow is looked at while players wait for more of it, in milliseconds: once for all of them. */
const LOOK_AGAIN_MS = 200;

/** Sees Flows grow, whichever replica registers their segments. */
@Injectable()
export class EdgeWatch implements OnModuleDestroy {
  private readonly looks = new Map<string, Promise<bigint | undefined>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly repository: LivePlaylistRepository,
  ) {}

  /** Whether the server is about to stop, so that nobody should wait any more. */
  get isStopping(): boolean {
    return this.stop.signal.aborted;
  }

  onModuleDestroy(): void {
    this.stop.abort();
  }

  /** The end of a Flow in nanoseconds, a moment from now. */
  next(flowId: string): Promise<bigint | undefined> {
    let look = this.looks.get(flowId);
    if (!look) {
      look = this.look(flowId).finally(() => this.looks.delete(flowId));
      this.looks.set(flowId, look);
    }
    return look;
  }

  private async look(flowId: string): Promise<bigint | undefined> {
    try {
      await delay(LOOK_AGAIN_MS, undefined, { signal: this.stop.signal });
    } catch (error) {
      if (!this.isStopping) throw error;
    }
    return this.repository.edge(this.database, flowId);
  }
}
