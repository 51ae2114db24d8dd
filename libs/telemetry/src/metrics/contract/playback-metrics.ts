import type { MetricDeclaration } from '../metric-declaration';

/** Metrics of playback, part of the contract. */
export const playbackMetrics = {
  playbackEdgeDistance: {
    name: 'tams_playback_live_edge_distance_seconds',
    type: 'gauge',
    help: 'How far the live playlist made last ends behind now, in seconds: by the clock where the timeline is one, else since the last registration.',
    unit: 'seconds',
    labels: {},
  },
} as const satisfies Record<string, MetricDeclaration>;
