export { Failure, MediaGoneFailure, reasonOf, UnknownMediaFailure } from './failure';
export { DEFAULT_SEGMENT_SECONDS, planFile } from './ingest/plan-file';
export { type FlowNaming, multiFlow, rolesOf, trackFlow } from './ingest/flow-description';
export { FlowIdBook } from './ingest/flow-ids';
export { type IngestPlan, type Rendition, mainFlow } from './ingest/rendition';
export { IngestRun, type IngestRunOptions, withStatus } from './ingest/ingest-run';
export type { MediaStore } from './ingest/media-store';
export type { SegmentSender, SentSegment } from './ingest/segment-sender';
export { type Content, type PreparedSegment, sizeOf } from './ingest/segment';
export {
  ROLLOVER_TICKS,
  TICKS_PER_SECOND,
  boundsOf,
  formatTimeRange,
  formatTimestamp,
  least,
  secondsToNanoseconds,
  ticksToNanoseconds,
  toSeconds,
} from './media-time';
export { type TrackWriter, trackWriter } from './packing/pack';
export { asWavPackets, isPcm } from './packing/pcm';
export { advice, pipeExample } from './reading/advice';
export { exactRatio } from './reading/frame-rate';
export { type MediaTrack, type OpenMedia, openMedia, unreadable } from './reading/open-media';
export { type AudioDescription, type TrackDescription, summaryOf } from './reading/track-description';
export { Slots } from './slots';
export type {
  FailedSegment,
  Flow,
  FlowSegment,
  GetUrl,
  MediaObject,
  NewSegment,
  Service,
  StoredObject,
} from './tams-types';
export { checkPackets, PACKET_BYTES, SYNC_BYTE } from './reading/transport-stream-packets';
export type { FileBytes } from './reading/whole-media';
