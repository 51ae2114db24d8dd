import { MALFORMED_ID, Operation } from '@tams/platform';
import { profile } from './profile.schema';

const newProfile = {
  id: '329b98d6-adeb-418c-8eaf-eca14edc1706',
  label: '720p25 H.264 in MPEG-TS',
  tags: { house_format: 'proxy-2' },
  flow_metadata: {
    format: 'urn:x-nmos:format:video',
    codec: 'video/h264',
    container: 'video/mp2t',
    avg_bit_rate: 2500,
    segment_duration: { numerator: 6 },
    essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 1280, frame_height: 720 },
  },
};

const exampleProfile = { ...newProfile, created: '2026-01-05T09:00:00.000000Z' };

/** What the API document says of the operations on profiles. */
export const profileOperations = {
  list: Operation({
    id: 'GET_profiles',
    access: ['read'],
    tag: 'Profiles',
    summary: 'List Profiles',
    description: 'Most recently created first. All filters must match.',
    success: { schema: profile.array(), paged: { reverseOrder: true }, example: [exampleProfile] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
  }),
  get: Operation({
    id: 'GET_profiles-profileId',
    access: ['read'],
    tag: 'Profiles',
    summary: 'Read a Profile',
    description: 'It never changes, so it may be kept.',
    success: { schema: profile, example: exampleProfile },
    errors: { 404: 'There is no such Profile.' },
  }),
  create: Operation({
    id: 'POST_profiles-profileId',
    access: ['write'],
    tag: 'Profiles',
    summary: 'Create a Profile',
    description:
      'Flows can then be made from it by their `profile_id`. A Profile never changes: for other metadata create another. Its tags are its own and are not given to Flows; `flow_metadata` holds nothing that a Flow says of itself.',
    success: { status: 201, description: 'Created.', schema: profile, example: exampleProfile },
    errors: { 400: 'Not a valid Profile, or there is one with this id.', 404: MALFORMED_ID },
    body: { examples: { video: { summary: 'A video proxy', value: newProfile } } },
  }),
};
