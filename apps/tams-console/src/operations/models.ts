import type { components } from '../api/schema';

type Schemas = components['schemas'];

/** How the server is, at a glance. */
export type Overview = Schemas['InsightOverview'];
/** One part of the server. */
export type Check = Overview['checks'][number];
/** A request, a job or a delivery. */
export type Entry = Schemas['InsightEntry'];
/** What goes on just now. */
export type RunningNow = Schemas['RunningNow'];
/** A session of the metadata store. */
export type Session = RunningNow['sessions'][number];
/** A job that goes on or waits. */
export type RunningJob = RunningNow['jobs'][number];
/** Points of one figure. */
export type Series = Schemas['InsightSeries']['series'][number];
