import type { Environment } from './configuration.schema';

/** How clients that stay connected are told of events. */
export interface EventStreamSettings {
  /** Most streams this process has open. */
  readonly limit: number;
  /** When the server ends a stream, so that its client's credentials are checked again, in seconds. */
  readonly seconds: number;
  /** How long events are written for streams after the last one ended, in seconds. */
  readonly resumeSeconds: number;
}

/** Reads them from the checked environment. */
export function eventStreamSettingsFrom(values: Environment): EventStreamSettings {
  return {
    limit: values.EVENT_STREAM_LIMIT,
    seconds: values.EVENT_STREAM_SECONDS,
    resumeSeconds: values.EVENT_STREAM_RESUME_SECONDS,
  };
}
