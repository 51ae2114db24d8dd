import { UnavailableError } from '../errors/domain-error';

/** Most looks at a row that others make and remove at the same time; a second one is rare, a third hardly ever seen. */
const MOST_TRIES = 20;

/**
 * Repeats work that finds a row neither there nor absent, because another transaction removed it in between.
 * @param work `undefined` when it could not tell
 * @throws {UnavailableError} after {@link MOST_TRIES} tries
 */
export async function untilDecided<Result>(work: () => Promise<Result | undefined>): Promise<Result> {
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    const result = await work();
    if (result !== undefined) return result;
  }
  throw new UnavailableError('busy', 'Others make and remove the same thing at the same time; try again.');
}
