import type { Connection, Database } from '@tams/platform';
import { ObjectFileDamagedError, type StorageBackend } from '@tams/storage';
import { batchesOf, mergedPairs, type Pair } from './comparison';
import { type BackendFigures, type Difference, type Finding, noFigures } from './finding';
import type { IndexEntry, ReconciliationRepository } from './reconciliation.repository';

/** What the comparison of a backend works with. */
export interface ComparisonOptions {
  readonly repair: boolean;
  readonly minimumAgeSeconds: number;
  readonly signal: AbortSignal;
  /** Told after each batch how many objects were looked at. */
  readonly onProgress: (objects: number) => void;
}

const PAGE = 500;
/** Suspicions looked into at a time, each with a call to the backend. */
const CONCURRENT_CHECKS = 8;

/**
 * Compares one backend with the index while both are in use. Walking yields suspicions; each is looked into again before
 * it counts, and once more under the object's lock before anything is repaired.
 */
export class BackendComparison {
  readonly figures: BackendFigures = noFigures();
  private readonly storageId: string;

  constructor(
    private readonly backend: StorageBackend,
    private readonly database: Database,
    private readonly index: ReconciliationRepository,
    private readonly options: ComparisonOptions,
  ) {
    this.storageId = backend.details.id;
  }

  /** Walks everything. @throws what the backend or the database give; figures then hold what was seen until then */
  async *findings(): AsyncGenerator<Finding> {
    const pairs = this.backend.listsInOrder ? this.pairsInOneWalk() : this.pairsInTwoWalks();
    for await (const batch of batchesOf(pairs, PAGE)) {
      this.options.signal.throwIfAborted();
      const suspicious = batch.filter((pair) => this.isSuspicious(pair)).values();
      const found: Finding[] = [];
      const look = async (): Promise<void> => {
        for (const pair of suspicious) {
          const finding = await this.lookInto(pair);
          if (finding) found.push(finding);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENT_CHECKS }, look));
      this.options.onProgress(batch.length);
      yield* found;
    }
  }

  private async *pairsInOneWalk(): AsyncGenerator<Pair> {
    const entries = this.index.entries(this.database, this.storageId, this.options.minimumAgeSeconds, PAGE);
    for await (const pair of mergedPairs(this.backend.list(), entries)) yield this.counted(pair);
  }

  /** First what the backend holds, each looked up in the index; then what the index holds, each asked of the backend. */
  private async *pairsInTwoWalks(): AsyncGenerator<Pair> {
    const { minimumAgeSeconds: age } = this.options;
    for await (const listed of batchesOf(this.backend.list(), PAGE)) {
      const ids = listed.map(({ objectId }) => objectId);
      const entries = await this.index.find(this.database, this.storageId, ids, age);
      for (const object of listed) {
        const entry = entries.get(object.objectId);
        yield this.counted({ objectId: object.objectId, listed: object, ...(entry && { entry }) });
      }
    }
    for await (const entry of this.index.entries(this.database, this.storageId, age, PAGE)) {
      if (entry.expected) yield { objectId: entry.object_id, entry };
    }
  }

  private counted(pair: Pair): Pair {
    if (pair.listed) {
      this.figures.objects += 1;
      this.figures.bytes += pair.listed.sizeBytes;
    }
    return pair;
  }

  private isSuspicious({ listed, entry }: Pair): boolean {
    if (!entry) return listed !== undefined && this.isOld(listed.modified);
    if (!listed) return entry.expected;
    if (entry.state === 'missing') return true;
    return entry.state === 'ready' && entry.size_bytes !== null && Number(entry.size_bytes) !== listed.sizeBytes;
  }

  private isOld(modified: Date): boolean {
    return modified.getTime() <= Date.now() - this.options.minimumAgeSeconds * 1000;
  }

  private async lookInto(pair: Pair): Promise<Finding | undefined> {
    const difference = await this.differenceNow(pair);
    if (!difference) return undefined;
    const repaired = this.options.repair && (await this.repair(pair));
    this.tally(difference, repaired);
    return { ...difference, storage_id: this.storageId, repaired };
  }

  /** What is different still, now that both sides are asked about this one object: bytes first, which come after their row. */
  private async differenceNow({ objectId, listed }: Pair): Promise<Difference | undefined> {
    const sizeBytes = await this.storedSize(objectId);
    const entry = await this.entryNow(this.database, objectId);
    if (!entry) {
      if (sizeBytes === undefined || !listed) return undefined;
      return { kind: 'orphan', object_id: objectId, size_bytes: sizeBytes, modified: listed.modified.toISOString() };
    }
    if (sizeBytes === undefined) {
      if (!entry.expected) return undefined;
      const others = await this.index.hasOtherInstances(this.database, objectId, entry.id);
      return { kind: 'dangling', object_id: objectId, other_instances: others };
    }
    const indexed = Number(entry.size_bytes ?? sizeBytes);
    if (entry.state === 'missing') {
      // Uploaded after all; repairing advertises it again.
      if (this.options.repair) await this.repair({ objectId });
      return undefined;
    }
    if (entry.state !== 'ready' || indexed === sizeBytes) return undefined;
    return { kind: 'size-mismatch', object_id: objectId, indexed_bytes: indexed, size_bytes: sizeBytes };
  }

  /**
   * Puts one object right, whatever is wrong with it by now. Under its lock, so that nobody changes it meanwhile.
   * @returns whether anything was changed
   */
  private repair({ objectId }: Pair): Promise<boolean> {
    const put = async (connection: Connection): Promise<boolean> => {
      const occupied = await this.index.occupy(connection, objectId);
      const entry = await this.entryNow(connection, objectId);
      const changed = entry ? await this.repairEntry(connection, entry) : await this.deleteOrphan(objectId);
      if (occupied) await this.index.vacate(connection, objectId);
      return changed;
    };
    return this.database.transaction(put, { waitsOutside: true });
  }

  private async deleteOrphan(objectId: string): Promise<boolean> {
    await this.backend.delete(objectId);
    return true;
  }

  private async repairEntry(connection: Connection, entry: IndexEntry): Promise<boolean> {
    if (entry.state !== 'ready' && entry.state !== 'missing') return false;
    const sizeBytes = await this.storedSize(entry.object_id);
    if (sizeBytes !== undefined) await this.index.markFound(connection, entry, sizeBytes);
    else if (entry.state === 'ready' && entry.expected) await this.index.markMissing(connection, entry);
    else return false;
    return true;
  }

  /** A file that was cut short is as good as none. */
  private async storedSize(objectId: string): Promise<number | undefined> {
    try {
      return (await this.backend.stat(objectId))?.sizeBytes;
    } catch (error) {
      if (error instanceof ObjectFileDamagedError) return undefined;
      throw error;
    }
  }

  private async entryNow(connection: Connection, objectId: string): Promise<IndexEntry | undefined> {
    const found = await this.index.find(connection, this.storageId, [objectId], this.options.minimumAgeSeconds);
    return found.get(objectId);
  }

  private tally(difference: Difference, repaired: boolean): void {
    const { figures } = this;
    if (repaired) figures.repaired += 1;
    if (difference.kind === 'dangling') figures.dangling += 1;
    else if (difference.kind === 'size-mismatch') figures.size_mismatches += 1;
    else {
      figures.orphans += 1;
      figures.orphan_bytes += difference.size_bytes;
    }
  }
}
