import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION } from '../operations';
import { objectInspection } from './object-inspection.schema';

/** What the API document says of the object inspector. */
export const objectInspectionOperations = {
  get: Operation({
    id: 'GET_console-objects-objectId',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Inspect an object',
    description: `Where an object is, in which state, how large, and which Flows use it; also while it is only allocated, or waits to be collected. ${EXTENSION}`,
    success: {
      schema: objectInspection,
      example: {
        id: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
        role: 'media',
        content_type: 'video/mp2t',
        timerange: '[0:0_2:0)',
        size_bytes: 1_250_000,
        allocated: '2026-01-05T09:00:00.000000Z',
        registered: '2026-01-05T09:00:02.000000Z',
        allocated_for_flow: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
        first_referenced_by_flow: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
        instances: [
          {
            storage_id: '11111111-1111-4111-8111-111111111111',
            label: 'local',
            controlled: true,
            state: 'ready',
            state_since: '2026-01-05T09:00:00.000000Z',
            created: '2026-01-05T09:00:00.000000Z',
            size_bytes: 1_250_000,
          },
        ],
        flows: [
          {
            id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
            label: 'Camera 1',
            format: 'urn:x-nmos:format:video',
            timerange: '[20:0_22:0)',
            more_segments: false,
          },
        ],
        more_flows: false,
      },
    },
    errors: { 404: 'There is no such object.' },
  }),
};
