/**
 * Timestamps of TAMS count TAI, which is ahead of UTC by this much. It has been since 2017, and no leap second is to be
 * added before 2035.
 */
export const TAI_AHEAD_OF_UTC_NANOSECONDS = 37_000_000_000n;
