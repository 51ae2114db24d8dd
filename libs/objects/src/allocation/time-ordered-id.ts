import { randomUUID } from 'node:crypto';

/**
 * An identifier that sorts after those made before, to the millisecond (RFC 9562, UUID version 7; 74 of its bits are random).
 * Objects of one time then lie beside each other: in the index of PostgreSQL, where a page reads them together, and in the
 * listing of a bucket, where the sizes of new ones are learned with one call.
 * @param milliseconds since the epoch
 */
export function timeOrderedId(milliseconds = Date.now()): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
