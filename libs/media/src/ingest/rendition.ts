import type { Flow } from '../tams-types';
import type { PreparedSegment } from './segment';

/** One Flow with segments, and where they come from. */
export interface Rendition {
  /** What it is called in messages. */
  name: string;
  /** The Flow that the segments belong to. */
  flow: Flow;
  /** Flows inside its segments, without container and segments of their own (AppNote 0006). */
  inside: Flow[];
  segments: AsyncIterable<PreparedSegment>;
}

/** Everything that one ingest makes. */
export interface IngestPlan {
  /** A name for the whole, fit for a label. */
  title: string;
  renditions: Rendition[];
  /** Multi Flows without segments that hold renditions together. */
  collections: Flow[];
  /** Bytes to send, where that is known beforehand. */
  bytes?: number;
  dispose: () => Promise<void>;
}

/** The Flow a person is told of: the one that holds all others together, or the only one. */
export function mainFlow(plan: IngestPlan): Flow {
  const flow = plan.collections[0] ?? plan.renditions[0]?.flow;
  if (!flow) throw new Error('an ingest without a Flow');
  return flow;
}
