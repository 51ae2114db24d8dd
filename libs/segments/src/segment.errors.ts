import { BadRequestError } from '@tams/platform';

/** One field of a segment breaks a rule that only the store can check (400). */
class SegmentRefusedError extends BadRequestError {
  constructor(code: string, field: string, message: string) {
    super(code, message, { errors: [{ path: `body.${field}`, message }] });
  }
}

/** Another segment of the Flow, stored or earlier in the same request, covers part of the timerange. */
export class SegmentOverlapError extends SegmentRefusedError {
  constructor(timerange: string, existing: string) {
    super(
      'segment-overlap',
      'timerange',
      `The timerange ${timerange} overlaps the segment at ${existing} of this Flow.`,
    );
  }
}

/**
 * The very same object lies at the very same timerange already. A client that repeats a request whose answer it lost may
 * take this for success.
 */
export class SegmentExistsError extends SegmentRefusedError {
  constructor(objectId: string, timerange: string) {
    super(
      'segment-exists',
      'timerange',
      `The segment of object ${objectId} at ${timerange} is registered already; to change it, delete it first.`,
    );
  }
}
