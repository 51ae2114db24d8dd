import { InitialSchema1763800000000 } from './1763800000000-initial-schema';
import { Deletion1763810000000 } from './1763810000000-deletion';
import { AccessTokens1763900000000 } from './1763900000000-access-tokens';

/** Every migration, oldest first. Applied ones are never edited: add another. */
export const migrations = [InitialSchema1763800000000, Deletion1763810000000, AccessTokens1763900000000] as const;
