import type { EventStreamMechanism } from './service.schema';

/**
 * Token of the ways in which clients are told of changes, as GET /service lists them. Whoever offers one (webhooks) is made
 * known by a provider of this token; without a provider there is none.
 */
export const EVENT_STREAM_MECHANISMS = Symbol('EVENT_STREAM_MECHANISMS');

/** What a provider of {@link EVENT_STREAM_MECHANISMS} gives. */
export type EventStreamMechanisms = readonly EventStreamMechanism[];
