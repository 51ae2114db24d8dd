import { type GaugeRefresher, metrics } from '@tams/telemetry';
import type { MetadataStore } from './metadata-store';

/**
 * Shows what the embedded PostgreSQL takes of the machine. Where there is none, or nothing tells (no /proc), the series are
 * absent.
 */
export async function watchEmbeddedPostgres(store: MetadataStore, refresher: GaugeRefresher): Promise<void> {
  const { figures } = store;
  if (!figures || !(await figures())) return;
  let ended = 0;
  let current = { pid: 0, processorSeconds: 0 };
  const refresh = async (): Promise<void> => {
    const now = await figures();
    if (!now) return;
    // Started again, it begins at zero, and what was is added. Until then a session that ends while it is looked at may be
    // missing for once; a counter that falls would read as a restart.
    if (now.pid !== current.pid) {
      ended += current.processorSeconds;
      current = now;
    } else if (now.processorSeconds > current.processorSeconds) current = now;
    metrics.embeddedPostgresProcessor.series({}).set(ended + current.processorSeconds);
    metrics.embeddedPostgresMemory.series({}).set(now.memoryBytes);
  };
  await refresh();
  refresher.add({ name: 'embedded PostgreSQL', refresh });
}
