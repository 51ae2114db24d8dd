import { useSyncExternalStore } from 'react';
import type { FileIngest } from './file-ingest';

/** How far the ingest of one file has come. */
export interface IngestState {
  readonly key: number;
  readonly name: string;
  readonly bytes: number;
  readonly phase: 'waiting' | 'reading' | 'sending' | 'done' | 'stopped' | 'failed';
  /** Bytes the storage has. */
  readonly sentBytes: number;
  /** The Flow that holds all; there from the first upload on. */
  readonly flowId?: string;
  readonly warnings: readonly string[];
  readonly error?: unknown;
  /** What the person can do about the error. */
  readonly next?: string | undefined;
}

interface Running {
  readonly file: File;
  ingest?: FileIngest;
}

type Listener = () => void;

const listeners = new Set<Listener>();
const running = new Map<number, Running>();
let states: readonly IngestState[] = [];
let lastKey = 0;
/** Files are cut one after another: more at once would only share the same line and processor. */
let line: Promise<void> = Promise.resolve();

/** All ingests of this tab, newest first; they go on while people look at other pages. */
export function useIngests(): readonly IngestState[] {
  return useSyncExternalStore(subscribe, () => states);
}

/** Puts files in line to be ingested. */
export function ingestFiles(files: readonly File[]): void {
  for (const file of files) {
    lastKey += 1;
    const key = lastKey;
    running.set(key, { file });
    states = [{ key, name: file.name, bytes: file.size, phase: 'waiting', sentBytes: 0, warnings: [] }, ...states];
    enqueue(key);
  }
  tell();
}

/** Ends an ingest where it is; what is stored stays, and it can go on. */
export function stopIngest(key: number): void {
  const ingest = running.get(key)?.ingest;
  if (ingest) ingest.stop();
  else change(key, { phase: 'stopped' });
}

/** Goes on with an ingest that was stopped or failed. */
export function resumeIngest(key: number): void {
  change(key, { phase: 'waiting', error: undefined, next: undefined });
  enqueue(key);
}

/** Takes an ended ingest off the list. */
export function dismissIngest(key: number): void {
  running.delete(key);
  states = states.filter((state) => state.key !== key);
  tell();
}

function enqueue(key: number): void {
  line = line.then(() => run(key));
}

async function run(key: number): Promise<void> {
  const entry = running.get(key);
  if (!entry || states.find((state) => state.key === key)?.phase !== 'waiting') return;
  try {
    const { FileIngest: Ingest } = await import('./file-ingest');
    entry.ingest ??= new Ingest(entry.file, (part) => {
      change(key, part);
    });
  } catch (error) {
    change(key, { phase: 'failed', error });
    return;
  }
  await entry.ingest.run();
}

function change(key: number, part: Partial<IngestState>): void {
  states = states.map((state) => (state.key === key ? { ...state, ...part } : state));
  tell();
}

/** Whether an ingest has not ended yet. */
export function isBusy({ phase }: IngestState): boolean {
  return phase === 'waiting' || phase === 'reading' || phase === 'sending';
}

/** Browsers ask before they leave a page that is still sending. */
function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function tell(): void {
  if (states.some(isBusy)) addEventListener('beforeunload', askBeforeLeaving);
  else removeEventListener('beforeunload', askBeforeLeaving);
  for (const listener of listeners) listener();
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
