import type { Configuration } from '@tams/platform';

/** The PostgreSQL the server stands on: somebody else's, or a private one it started itself. */
export interface MetadataStore {
  readonly url: string;
  /** Stops a private one; leaves somebody else's alone. */
  stop(): Promise<void>;
}

/** Uses `DATABASE_URL`, or starts the embedded PostgreSQL in the data directory. */
export function startMetadataStore(
  configuration: Configuration,
  _report: (message: string) => void,
): Promise<MetadataStore> {
  if (configuration.databaseUrl)
    return Promise.resolve({ url: configuration.databaseUrl, stop: () => Promise.resolve() });
  return Promise.reject(new Error('DATABASE_URL is needed until the embedded PostgreSQL is merged.'));
}
