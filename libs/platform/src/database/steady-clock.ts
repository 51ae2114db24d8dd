import { loggerFor } from '@tams/telemetry';
import type { Connection, Database } from './database';

/** How far two clocks may be apart, or one may run ahead of what has passed, in milliseconds. */
const TOLERANCE_MS = 60_000;
/** How long clocks must have been steady again after a jump, in milliseconds. */
const SETTLING_MS = 600_000;

/** Where this process reads its own clocks. */
export interface ProcessClocks {
  /** Wall clock, in milliseconds since 1970. */
  readonly wall: () => number;
  /** Counts what passes, in milliseconds, whoever sets the wall clock. */
  readonly monotonic: () => number;
}

interface Reading {
  readonly database: number;
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * The clock by which things are deleted: the database's, which all replicas share, and only while it can be believed. A clock
 * that is a month ahead for some seconds would otherwise delete a month's media at once; what is deleted late costs nothing.
 */
export class SteadyClock {
  private readonly logger = loggerFor('Clock');
  private last: Reading | undefined;
  private distrustedUntil = -Infinity;
  private complained = false;

  constructor(
    private readonly database: Database,
    private readonly clocks: ProcessClocks = { wall: () => Date.now(), monotonic: () => performance.now() },
  ) {}

  /** The moment by the database's clock; `undefined`, and a warning, while nothing should be deleted by it. */
  async moment(): Promise<Date | undefined> {
    const reading = await this.read(this.database);
    const problem = this.problemOf(reading);
    this.last = reading;
    if (problem !== undefined) this.distrustedUntil = reading.monotonic + SETTLING_MS;
    const waiting = Math.ceil((this.distrustedUntil - reading.monotonic) / 1000);
    if (waiting <= 0) {
      this.complained = false;
      return new Date(reading.database);
    }
    if (problem !== undefined || !this.complained) {
      const reason = problem ?? 'A clock has jumped.';
      this.logger.warn(`${reason} Nothing is deleted by its age until clocks have been steady for ${waiting} s.`);
    }
    this.complained = true;
    return undefined;
  }

  private async read(connection: Connection): Promise<Reading> {
    const rows = await connection.query<{ now: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
    );
    const database = rows[0]?.now;
    if (database === undefined) throw new Error('PostgreSQL did not say what time it is.');
    return { database, wall: this.clocks.wall(), monotonic: this.clocks.monotonic() };
  }

  private problemOf({ database, wall, monotonic }: Reading): string | undefined {
    const apart = Math.round((database - wall) / 1000);
    if (Math.abs(database - wall) > TOLERANCE_MS)
      return `The clocks of this machine and of PostgreSQL are ${Math.abs(apart)} s apart.`;
    if (!this.last) return undefined;
    const jump = database - this.last.database - (monotonic - this.last.monotonic);
    if (Math.abs(jump) <= TOLERANCE_MS) return undefined;
    return `The clock of PostgreSQL has jumped by ${Math.round(jump / 1000)} s.`;
  }
}
