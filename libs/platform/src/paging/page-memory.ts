import { Semaphore } from '../concurrency/semaphore';
import { UnavailableError } from '../errors/domain-error';

/**
 * What one page may hold, in bytes of its rows: a page whose rows are large ends before its limit, with at least one row, and
 * its `Link` leads on.
 */
export const PAGE_BYTES = 4 * 1024 ** 2;
/** What a row may hold that was written under today's limits; see `MAX_DOCUMENT_BYTES`. */
const ROW_BYTES = 256 * 1024;
/** Pages that are read at a time, of all listings and all requests together, in bytes. */
const READING_BYTES = 16 * PAGE_BYTES;
/** Requests that may wait for their page to be read. */
const MOST_WAITING = 250;
/** Answers that were given out and that clients have not taken yet, in bytes; beyond it listings are refused. */
const UNSENT_BYTES = 256 * 1024 ** 2;

const reading = new Semaphore(READING_BYTES, MOST_WAITING);
let unsent = 0;

/**
 * Reads a page of at most `limit` rows once there is memory for it: whoever asks for many large pages at once waits.
 * @param rowBytes what a row is expected to hold; a page whose rows hold more ends early all the same
 * @throws {UnavailableError} `server-busy` when too many wait, or clients leave too much of their answers lying
 */
export function withPageMemory<Result>(
  limit: number,
  read: () => Promise<Result>,
  rowBytes = ROW_BYTES,
): Promise<Result> {
  if (unsent > UNSENT_BYTES) {
    throw new UnavailableError('server-busy', 'Clients have not taken the pages they asked for; try again shortly.', {
      retryAfterSeconds: 1,
    });
  }
  return reading.with(Math.min(limit * rowBytes, PAGE_BYTES), read);
}

/** Counts an answer until its client has taken it, or left. @param sent tells when */
export function holdUntilSent(bytes: number, sent: (release: () => void) => void): void {
  unsent += bytes;
  sent(() => {
    unsent -= bytes;
  });
}
