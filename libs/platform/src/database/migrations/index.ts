import { InitialSchema1763800000000 } from './1763800000000-initial-schema';
import { Webhooks1763900000000 } from './1763900000000-webhooks';

/** Every migration, oldest first. Applied ones are never edited: add another. */
export const migrations = [InitialSchema1763800000000, Webhooks1763900000000] as const;
