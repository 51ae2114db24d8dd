import { randomUUID } from 'node:crypto';

/** A complete video Flow with fresh ids, as a client would PUT it. */
export function videoFlow(
  changes: Readonly<Record<string, unknown>> = {},
): { id: string; source_id: string } & Record<string, unknown> {
  return {
    id: randomUUID(),
    source_id: randomUUID(),
    format: 'urn:x-nmos:format:video',
    codec: 'video/h264',
    container: 'video/mp2t',
    essence_parameters: { frame_rate: { numerator: 25, denominator: 1 }, frame_width: 1920, frame_height: 1080 },
    ...changes,
  };
}

/** A complete audio Flow with fresh ids. */
export function audioFlow(
  changes: Readonly<Record<string, unknown>> = {},
): { id: string; source_id: string } & Record<string, unknown> {
  return {
    id: randomUUID(),
    source_id: randomUUID(),
    format: 'urn:x-nmos:format:audio',
    codec: 'audio/aac',
    container: 'video/mp2t',
    essence_parameters: { sample_rate: 48000, channels: 2 },
    ...changes,
  };
}

/** A Flow that collects others. */
export function multiFlow(
  collection: readonly Readonly<Record<string, unknown>>[],
  changes: Readonly<Record<string, unknown>> = {},
): { id: string; source_id: string } & Record<string, unknown> {
  return {
    id: randomUUID(),
    source_id: randomUUID(),
    format: 'urn:x-nmos:format:multi',
    container: 'video/mp2t',
    flow_collection: collection,
    ...changes,
  };
}
