import { BlobSource } from 'mediabunny';
import {
  DEFAULT_SEGMENT_SECONDS,
  Failure,
  type FileBytes,
  FlowIdBook,
  type IngestPlan,
  IngestRun,
  mainFlow,
  planFile,
} from '@tams/media';
import type { IngestState } from './ingests';
import { PageStore } from './page-store';

/** Uploads at the same time; browsers have six connections for a server, and pages need some. */
const CONCURRENCY = 3;
/** Warnings that are kept to be shown. */
const MOST_WARNINGS = 50;

/** Cuts one file in the page and sends it; can be stopped, and goes on where it was. */
export class FileIngest {
  private readonly ids = new FlowIdBook();
  private readonly inits: Record<string, string> = {};
  private stopping = new AbortController();
  private hasBegun = false;

  constructor(
    private readonly file: File,
    private readonly report: (change: Partial<IngestState>) => void,
  ) {}

  /** Ends what is under way; what the server has stays. */
  stop(): void {
    this.stopping.abort();
  }

  /** Reads, cuts, uploads and registers, from the beginning or from where it stopped. Never rejects: the state says what happened. */
  async run(): Promise<void> {
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    const warnings: string[] = [];
    const warn = (text: string): void => {
      if (warnings.length < MOST_WARNINGS) warnings.push(text);
    };
    this.report({ phase: 'reading', sentBytes: 0, error: undefined, next: undefined });
    try {
      const title = this.file.name.replace(/\.[^.]+$/, '');
      const plan = await planFile(this.file.name, new BlobSource(this.file), fileBytes(this.file), {
        target: DEFAULT_SEGMENT_SECONDS,
        muxed: false,
        ids: this.ids,
        naming: { label: title, description: `Ingested from ${this.file.name} in the console` },
        warn,
      });
      try {
        await this.send({ title, ...plan }, signal);
      } finally {
        await plan.dispose();
      }
      this.report({ phase: 'done', warnings });
    } catch (error) {
      if (signal.aborted) this.report({ phase: 'stopped', warnings });
      else this.report({ phase: 'failed', warnings, error, next: error instanceof Failure ? error.next : undefined });
    }
  }

  private async send(plan: IngestPlan, signal: AbortSignal): Promise<void> {
    const store = new PageStore(signal);
    let sentBytes = 0;
    const existing = this.hasBegun
      ? await Promise.all(plan.renditions.map(({ flow }) => store.segmentsOf(flow.id)))
      : [];
    const run = new IngestRun(store, plan, {
      concurrency: CONCURRENCY,
      existing,
      inits: this.inits,
      uploaded: (bytes) => {
        sentBytes += bytes;
        this.report({ sentBytes });
      },
      target: DEFAULT_SEGMENT_SECONDS,
    });
    await run.putFlows('ingesting');
    this.hasBegun = true;
    this.report({ phase: 'sending', flowId: mainFlow(plan).id });
    try {
      await run.send();
      await run.putFlows('closed_complete');
    } catch (error) {
      // The Flows say what is true; where even that fails, the first error is the one to be told.
      await run.putFlows('awaiting_content', new PageStore(AbortSignal.timeout(5000))).catch(() => undefined);
      throw error;
    }
  }
}

function fileBytes(file: File): FileBytes {
  return { size: file.size, chunks: (start, end) => chunksOf(file.slice(start, end)) };
}

async function* chunksOf(part: Blob): AsyncGenerator<Uint8Array> {
  const reader = part.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
