import { InitialSchema1763800000000 } from './1763800000000-initial-schema';

/** Every migration, oldest first. Applied ones are never edited: add another. */
export const migrations = [InitialSchema1763800000000] as const;
