import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION, INVALID_QUERY } from '../operations';
import { coverage } from './coverage.schema';

/** What the API document says of coverage. */
export const coverageOperations = {
  get: Operation({
    id: 'GET_console-flows-flowId-coverage',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Where a Flow has media',
    description: `The stretches of a window that segments cover, merged to what a picture of it can show, at a cost that does not grow with the Flow. ${EXTENSION}`,
    success: {
      schema: coverage,
      example: {
        flow_id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
        timerange: '[0:0_3610:0)',
        extent: '[0:0_3610:0)',
        segment_count: 1800,
        hole_seconds: 10,
        step: '3:610000000',
        exact: true,
        runs: [
          { start: '0:0', end: '1200:0', density: 1 },
          { start: '1210:0', end: '3610:0', density: 1 },
        ],
      },
    },
    errors: { 400: INVALID_QUERY, 404: 'There is no such Flow.' },
  }),
};
