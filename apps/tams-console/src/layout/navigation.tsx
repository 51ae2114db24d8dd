import {
  IconActivity,
  IconDatabase,
  IconHeartbeat,
  IconKey,
  IconMovie,
  IconServer2,
  IconUpload,
  IconWebhook,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** One place people can go to. */
export interface Destination {
  readonly path: string;
  readonly label: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
}

/** The pages in the order of the navigation. */
export const destinations: readonly Destination[] = [
  { path: '/', label: 'Library', icon: IconMovie },
  { path: '/ingest', label: 'Ingest', icon: IconUpload },
  { path: '/live', label: 'Live', icon: IconActivity },
  { path: '/webhooks', label: 'Webhooks', icon: IconWebhook },
  { path: '/storage', label: 'Storage', icon: IconDatabase },
  { path: '/operations', label: 'Operations', icon: IconHeartbeat },
  { path: '/access', label: 'Access', icon: IconKey },
  { path: '/service', label: 'Service', icon: IconServer2 },
];
