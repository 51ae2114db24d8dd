import type { ParameterVocabulary } from '@tams/platform';

/**
 * What a query parameter means, by name, where the schema of a handler does not say. One name has one meaning throughout the
 * specification, so it is said once. Identifiers in paths are described by the libraries that own them.
 */
export const queryVocabulary: ParameterVocabulary = {
  name: { description: 'Name of the tag; percent-encode special characters.', example: 'genre' },
  label: { description: 'Only items with exactly this label.' },
  format: { description: 'Only items of this format.' },
  codec: { description: 'Only items of this coding, as a MIME type.' },
  status: { description: 'Only items in this state.' },
  source_id: { description: 'Only Flows of this Source.' },
  profile_id: { description: 'Only Flows made from this Profile.' },
  storage_id: { description: 'The Storage Backend meant.' },
  object_id: { description: 'Only Segments that use this Object.' },
  frame_width: { description: 'Only video Flows with pictures this wide, in pixels.' },
  frame_height: { description: 'Only video Flows with pictures this high, in pixels.' },
  init_segments: { description: 'Only Flows that need (true) or do not need (false) initialisation segments.' },
  timerange: { description: 'Only what overlaps this timerange, such as `[0:0_10:0)`.' },
  include_timerange: { description: 'Whether the answer says which `timerange` the Flow covers.' },
  include_object_timerange: {
    description: 'Whether the answer says which `object_timerange` the whole Object covers.',
  },
  sort_by: { description: 'What to sort by.' },
  reverse_order: { description: 'Whether to list in the opposite order.' },
  verbose_storage: { description: 'Whether `get_urls` tell about their Storage Backend.' },
  accept_get_urls: {
    description: 'Only `get_urls` with these labels, separated by commas; an empty value leaves all `get_urls` out.',
  },
  accept_storage_ids: { description: 'Only `get_urls` on these Storage Backends, as ids separated by commas.' },
  presigned: { description: 'Only `get_urls` that are (true) or are not (false) presigned.' },
};
