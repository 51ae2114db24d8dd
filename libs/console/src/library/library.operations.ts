import { tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION, INVALID_QUERY } from '../operations';
import { flowOverview, sourceOverview } from './library.schema';

const flowExample = {
  id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
  source_id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  label: 'Camera 1',
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  container: 'video/mp2t',
  status: 'ingesting',
  read_only: false,
  created: '2026-01-05T09:00:00.123456Z',
  metadata_updated: '2026-01-05T09:00:00.123456Z',
  summary: 'H.264 1920x1080 25 fps',
  segment_count: 1800,
  extent: '[0:0_3610:0)',
  duration_seconds: 3610,
  last_added: '2026-01-05T10:00:10.000000Z',
  last_added_age_seconds: 1.2,
  activity: 'live',
  covered_seconds: 3600,
  hole_seconds: 10,
  size_bytes: 2_250_000_000,
  size_exact: false,
};

const sourceExample = {
  id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  label: 'Camera 1',
  format: 'urn:x-nmos:format:video',
  created: '2026-01-05T09:00:00.123456Z',
  updated: '2026-01-05T09:00:00.123456Z',
  flow_count: 1,
  flows: [
    {
      id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
      label: 'Camera 1',
      format: 'urn:x-nmos:format:video',
      codec: 'video/h264',
      summary: 'H.264 1920x1080 25 fps',
      segment_count: 1800,
    },
  ],
  segment_count: 1800,
  extent: '[0:0_3610:0)',
  duration_seconds: 3610,
  activity: 'idle',
};

/** What the API document says of the library overview. */
export const libraryOperations = {
  flows: Operation({
    id: 'GET_console-flows',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Overview of Flows',
    description: `Flows with what a listing for people shows: extent, holes, size, codec, and whether they grow. ${EXTENSION}`,
    success: { schema: flowOverview.array(), paged: { reverseOrder: true }, example: [flowExample] },
    errors: { 400: INVALID_QUERY },
    queryParameters: tagParameters('tag'),
  }),
  flow: Operation({
    id: 'GET_console-flows-flowId',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Overview of one Flow',
    description: `The same of one Flow, and how fast it grows. ${EXTENSION}`,
    success: { schema: flowOverview, example: flowExample },
    errors: { 404: 'There is no such Flow.' },
  }),
  sources: Operation({
    id: 'GET_console-sources',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Overview of Sources',
    description: `Sources with the Flows that represent them, and the extent of these together. ${EXTENSION}`,
    success: { schema: sourceOverview.array(), paged: { reverseOrder: true }, example: [sourceExample] },
    errors: { 400: INVALID_QUERY },
    queryParameters: tagParameters('tag'),
  }),
};
