import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type Changes, isAffected, noChanges, withMessage } from './affected';
import { EventReader, type StreamMessage } from './event-reader';

/** Shortest time between two updates of a page, in milliseconds. */
const SHORTEST_PAUSE = 300;
/** A page rests so many times as long as its last update took, so that a busy server is not kept busier by it. */
const REST = 2;

type Listener = () => void;

const listeners = new Set<Listener>();
let following = false;

function setFollowing(next: boolean): void {
  if (next === following) return;
  following = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the server tells this page of changes as they happen. */
export function useFollowing(): boolean {
  return useSyncExternalStore(subscribe, () => following);
}

/**
 * How often a page asks by itself, in milliseconds.
 * @param alone while nothing tells it of changes
 * @param told while the server does: for what changes with time alone, and in case something is missed
 */
export function useInterval(alone: number, told: number): number {
  return useFollowing() ? told : alone;
}

/**
 * Keeps what the pages show up to date with the server's events, as long as somebody looks: a hidden page gives its
 * connection back, of which browsers have six for a server, and catches up when it is seen again.
 * @param mayRead whether the server would tell
 */
export function useEvents(mayRead: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!mayRead) return undefined;
    const updates = new Updates(async (changes) => {
      await client.invalidateQueries({ predicate: (query) => isAffected(changes, query) });
    });
    const reader = new EventReader({
      onMessage: (message) => {
        setFollowing(true);
        updates.note(message);
      },
      onAway: () => {
        setFollowing(false);
      },
    });
    let reading: AbortController | undefined;
    const look = (): void => {
      if (document.visibilityState === 'hidden') {
        reading?.abort();
        reading = undefined;
        setFollowing(false);
      } else if (!reading) {
        reading = new AbortController();
        void reader.read(reading.signal);
      }
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      reading?.abort();
      updates.stop();
      setFollowing(false);
    };
  }, [client, mayRead]);
}

/** Brings pages up to date: at once, and then not again before a pause, however much happens. */
class Updates {
  private changes = noChanges;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;

  constructor(private readonly apply: (changes: Changes) => Promise<void>) {}

  note(message: StreamMessage): void {
    this.changes = withMessage(this.changes, message);
    if (!this.busy && this.changes !== noChanges) void this.run();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.busy = true;
  }

  private async run(): Promise<void> {
    this.busy = true;
    const { changes } = this;
    this.changes = noChanges;
    const begun = performance.now();
    await this.apply(changes);
    const pause = Math.max(SHORTEST_PAUSE, (performance.now() - begun) * REST);
    this.timer = setTimeout(() => {
      this.busy = false;
      if (this.changes !== noChanges) void this.run();
    }, pause);
  }
}
