import type { FailedSegment, Flow, NewSegment } from '../tams-types';
import type { Content } from './segment';

/** The server an ingest writes to. Every call tries again by itself after a passing fault. */
export interface MediaStore {
  /** `PUT /flows/{id}`: creates or replaces. */
  putFlow(flow: Flow): Promise<void>;
  /**
   * Uploads bytes as a new object of a Flow.
   * @param onBytes told how many bytes went out since the last call; negative when an attempt starts anew
   * @returns the object's id
   */
  storeObject(flowId: string, content: Content, onBytes: (bytes: number) => void): Promise<string>;
  /** A text that is the same for the same bytes, and for no others. */
  fingerprintOf(content: Content): Promise<string>;
  /**
   * `POST /flows/{id}/segments` with a batch.
   * @returns the segments that the server refused
   */
  register(flowId: string, segments: NewSegment[]): Promise<FailedSegment[]>;
}
