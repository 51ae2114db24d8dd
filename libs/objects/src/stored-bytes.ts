import type { Connection } from '@tams/platform';

/** Instances whose sizes are added up by one statement: ranges of their numbers, which are given in the order of their making. */
const RANGE = 250_000n;
/** Ranges that are read again at a time, beside the two newest; and at most, while some were never read. */
const AGAIN_AT_A_TIME = 2;
const FIRST_AT_A_TIME = 20;

const NEWEST = 'SELECT max(id)::text AS id FROM object_instances';

const BYTES_OF_RANGE = `
  SELECT storage_id::text AS storage_id, sum(size_bytes)::text AS bytes
    FROM object_instances WHERE id >= $1::int8 AND id < $2::int8 AND storage_id IS NOT NULL AND state <> 'missing' GROUP BY storage_id`;

/** Bytes by storage backend. */
export type BytesByStorage = ReadonlyMap<string, bigint>;

/**
 * Adds up what lies on each storage backend, without reading a large table whole each time: the sums of its parts are remembered,
 * and a look reads the newest part and, in turn, a few others. Up to a million instances every look is exact; beyond that, what
 * changes in an old part is seen when its turn comes, once in `instances / 500,000` looks.
 */
export class StoredBytes {
  private readonly ranges: BytesByStorage[] = [];
  /** Whose turn it is. */
  private turn = 0;

  constructor(private readonly connection: Connection) {}

  /** @returns `undefined` until every part was read once */
  async look(): Promise<BytesByStorage | undefined> {
    const [row] = await this.connection.query<{ id: string | null }>(NEWEST);
    const newest = Number(BigInt(row?.id ?? 0) / RANGE);
    // Fewer than before: the newest instances are gone.
    this.ranges.splice(newest + 1);
    for (let read = 0; read < FIRST_AT_A_TIME && this.ranges.length < newest; read += 1)
      await this.read(this.ranges.length);
    if (this.ranges.length < newest) return undefined;
    // The one before the newest may still get what was numbered early and committed late.
    const older = Math.max(0, newest - 1);
    for (let read = 0; read < Math.min(AGAIN_AT_A_TIME, older); read += 1) {
      this.turn = (this.turn + 1) % older;
      await this.read(this.turn);
    }
    for (let range = older; range <= newest; range += 1) await this.read(range);
    return this.total();
  }

  private async read(range: number): Promise<void> {
    const from = BigInt(range) * RANGE;
    const rows = await this.connection.query<{ storage_id: string; bytes: string | null }>(BYTES_OF_RANGE, [
      String(from),
      String(from + RANGE),
    ]);
    this.ranges[range] = new Map(rows.map(({ storage_id: id, bytes }) => [id, BigInt(bytes ?? 0)]));
  }

  private total(): BytesByStorage {
    const total = new Map<string, bigint>();
    for (const range of this.ranges) for (const [id, bytes] of range) total.set(id, (total.get(id) ?? 0n) + bytes);
    return total;
  }
}
