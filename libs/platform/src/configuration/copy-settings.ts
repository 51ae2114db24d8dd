import type { Environment } from './configuration.schema';

/** What bounds copies of objects, those from clients' URLs above all. */
export interface CopySettings {
  /** Hosts beside the public Internet that objects may be copied from by a client's URL. */
  readonly allowedHosts: readonly string[];
  /** Largest object copied from a client's URL, in bytes. */
  readonly mostBytes: number;
  /** Slowest a client's URL may be read, on average of a minute, in bytes a second; 0 for any. */
  readonly leastBytesPerSecond: number;
  /** Most copies one principal may have in progress; 0 for any number. */
  readonly mostPerPrincipal: number;
}

/** Reads them from the checked environment. */
export function copySettingsFrom(values: Environment): CopySettings {
  return {
    allowedHosts: values.COPY_SOURCE_ALLOWED_HOSTS,
    mostBytes: values.COPY_SOURCE_MAX_BYTES,
    leastBytesPerSecond: values.COPY_SOURCE_MIN_BYTES_PER_SECOND,
    mostPerPrincipal: values.COPIES_PER_PRINCIPAL,
  };
}
