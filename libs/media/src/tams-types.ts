import type { Ratio } from './reading/ratio';

/** Where a Flow lies in its container (schema `container-mapping`). */
export interface ContainerMapping {
  track_index: number;
  format_track_index: number;
  mp2ts_container?: { pid: number };
  isobmff_container?: { track_id: number };
}

/** A Flow as this tool writes and reads it (schemas `flow-put`, `flow-get`): the fields it uses. */
export interface Flow {
  id: string;
  source_id: string;
  format: string;
  label?: string;
  description?: string;
  codec?: string;
  container?: string;
  status?: 'awaiting_content' | 'ingesting' | 'closed_complete';
  avg_bit_rate?: number;
  max_bit_rate?: number;
  segment_duration?: Ratio;
  essence_parameters?: Record<string, unknown>;
  flow_collection?: { id: string; role?: string; container_mapping?: ContainerMapping }[];
  collected_by?: string[];
  generation?: number;
  /** Given when asked for. */
  timerange?: string;
  container_mapping?: ContainerMapping;
  tags?: Record<string, string | string[]>;
}

/** An allocated place for one object (schema `flow-storage`). */
export interface MediaObject {
  object_id: string;
  put_url: { url: string; 'content-type'?: string; headers?: Record<string, string> };
  presigned?: boolean;
}

/** A segment to register (schema `flow-segment-post`). */
export interface NewSegment {
  object_id: string;
  init_object_id?: string;
  timerange: string;
  ts_offset?: string;
  object_timerange?: string;
  last_duration?: string;
  key_frame_count?: number;
  sample_offset?: number;
  sample_count?: number;
}

/** A place to read an object from. */
export interface GetUrl {
  url: string;
  presigned?: boolean;
  label?: string;
}

/** A registered segment (schema `flow-segment`). */
export interface FlowSegment extends Omit<NewSegment, 'init_object_id'> {
  get_urls?: GetUrl[];
  init_object?: { object_id: string; get_urls?: GetUrl[] };
}

/** A segment the server did not register (schema `flow-segment-bulk-failure`). */
export interface FailedSegment {
  object_id: string;
  timerange?: string;
  error?: { type?: string; summary?: string };
}

/** What the service says of itself (schema `service`). */
export interface Service {
  name?: string;
  api_version?: string;
  service_version?: string;
}

/** A Media Object (schema `object`): the fields this tool reads. */
export interface StoredObject {
  id: string;
  first_referenced_by_flow?: string;
}
