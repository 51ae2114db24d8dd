import { open, rm, stat, statfs } from 'node:fs/promises';

/** What PostgreSQL needs to come back on a full disk: to replay its log it writes the next pieces of it, 16 MiB each. */
const RESERVE_BYTES = 64 * 1024 ** 2;
/** The reserve is made only where so many times its size is free. */
const ROOM = 2;
const PIECE = Buffer.alloc(1024 ** 2);

/** A file that takes room on the disk so that there is some when the disk is full. */
export class DiskReserve {
  /** @param directory on the disk in question; it exists @param path of the file */
  constructor(
    private readonly directory: string,
    private readonly path: string,
  ) {}

  /** Takes the room unless it is taken, or the disk has not got it. */
  async take(): Promise<void> {
    if ((await this.size()) === RESERVE_BYTES || (await this.freeBytes()) < ROOM * RESERVE_BYTES) return;
    const file = await open(this.path, 'w', 0o600);
    try {
      for (let written = 0; written < RESERVE_BYTES; written += PIECE.length) await file.write(PIECE);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Gives the room back where PostgreSQL would have too little without it. @returns whether it did */
  async giveBackIfNeeded(): Promise<boolean> {
    if ((await this.size()) === 0 || (await this.freeBytes()) >= RESERVE_BYTES) return false;
    await rm(this.path, { force: true });
    return true;
  }

  private async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  private async size(): Promise<number> {
    try {
      return (await stat(this.path)).size;
    } catch {
      return 0;
    }
  }
}
