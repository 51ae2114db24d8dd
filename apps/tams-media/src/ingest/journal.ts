import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure, reasonOf } from '@tams/media';

const journalSchema = z.object({
  /** Ids of Flows and Sources by key. */
  flows: z.record(z.string(), z.string()),
  sources: z.record(z.string(), z.string()),
  /** Initialisation objects by Flow and SHA-256. */
  inits: z.record(z.string(), z.string()),
  complete: z.boolean(),
});

/** What must be remembered to go on with an ingest; which segments exist, the server knows best. */
export type JournalEntry = z.infer<typeof journalSchema>;

/** What makes two ingests the same one. */
export interface JournalKey {
  server: string;
  media: string;
  muxed: boolean;
  segmentDuration: number | undefined;
  variants: string | undefined;
}

/**
 * One file for one ingest, in `$XDG_STATE_HOME/tams-media` or `~/.local/state/tams-media`. It is written whole under another
 * name and then renamed, so that it is never half there.
 */
export class Journal {
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string | undefined,
    readonly entry: JournalEntry,
  ) {}

  /**
   * Opens the journal of an ingest; where none can be kept, that is a warning.
   * @param resume go on with what it tells; otherwise it begins anew
   */
  static async open(key: JournalKey, resume: boolean, warn: (text: string) => void): Promise<Journal> {
    const folder = join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'tams-media');
    const identity = JSON.stringify({ ...key, ...(await fileIdentity(key.media)) });
    const path = join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.json`);
    const fresh: JournalEntry = { flows: {}, sources: {}, inits: {}, complete: false };
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      warn(`No journal can be kept, so this ingest cannot be resumed: ${reasonOf(error)}`);
      return new Journal(undefined, fresh);
    }
    return new Journal(path, (resume ? await readEntry(path) : undefined) ?? fresh);
  }

  /** Writes what is known now, after what is being written. @throws Failure where the disk does not take it */
  async save(): Promise<void> {
    const work = this.saving.then(() => this.write());
    this.saving = work.catch(() => undefined);
    return work;
  }

  private async write(): Promise<void> {
    if (this.path === undefined) return;
    const partial = `${this.path}.${process.pid}.partial`;
    try {
      await writeFile(partial, JSON.stringify(this.entry), { mode: 0o600 });
      await rename(partial, this.path);
    } catch (error) {
      throw new Failure(`The journal ${this.path} cannot be written: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** Changed media is other media. */
async function fileIdentity(media: string): Promise<{ size?: number; modified?: number }> {
  const found = await stat(media).catch(() => undefined);
  return found?.isFile() ? { size: found.size, modified: found.mtimeMs } : {};
}

async function readEntry(path: string): Promise<JournalEntry | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure(`The journal ${path} cannot be read: ${reasonOf(error)}`, {
      next: 'Remove it and ingest without --resume.',
      cause: error,
    });
  }
}
