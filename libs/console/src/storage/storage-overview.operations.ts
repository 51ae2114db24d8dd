import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION } from '../operations';
import { retentionOverview, storageOverview } from './storage-overview.schema';

/** What the API document says of the state of storage. */
export const storageOverviewOperations = {
  storage: Operation({
    id: 'GET_console-storage',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'State of storage',
    description: `The storage backends with what is left of them and what their last reconciliation found, copies in progress, and how many objects wait to be collected. ${EXTENSION}`,
    success: {
      schema: storageOverview,
      example: {
        backends: [
          {
            id: '11111111-1111-4111-8111-111111111111',
            label: 'local',
            store_type: 'http_object_store',
            provider: 'tams-server',
            store_product: 'filesystem',
            default_storage: true,
            available: true,
            latency_ms: 0.4,
            free_bytes: 120_000_000_000,
            total_bytes: 250_000_000_000,
          },
        ],
        moving: [],
        more_moving: false,
        missing_instances: 0,
        collection: { unregistered: 3, unreferenced: 0, being_collected: 0 },
      },
    },
  }),
  retention: Operation({
    id: 'GET_console-retention',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'What retention will delete',
    description: `Flows, and segments of Flows, that go now or later because of their tags, or because they stayed empty. ${EXTENSION}`,
    success: {
      schema: retentionOverview,
      example: {
        items: [
          {
            flow_id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
            label: 'Camera 1',
            what: 'segments',
            due_now: false,
            due: '2026-01-12T09:00:00.000Z',
          },
        ],
        more: false,
      },
    },
  }),
};
