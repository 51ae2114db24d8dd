/** What the owner of a webhook may read: it gets no more, whoever changes it later. */
export interface Reach {
  /** Whether its owner was an administrator, whom nothing restricts. */
  readonly all: boolean;
  /** Classes its owner may read; null when that was not recorded, because authorisation by classes was off. */
  readonly classes: readonly string[] | null;
}

/** Authorisation by classes was off: nobody asked what the owner may read. */
export const unrecordedReach: Reach = { all: false, classes: null };

/**
 * The reach of a webhook that somebody replaces. It never grows: an administrator who repairs a webhook does not make it
 * tell its receiver more.
 */
export function narrowedReach(existing: Reach, caller: Reach): Reach {
  if (caller === unrecordedReach) return existing;
  if (existing.all || existing.classes === null) return caller;
  const { classes } = caller;
  return caller.all ? existing : { all: false, classes: existing.classes.filter((name) => classes?.includes(name)) };
}
