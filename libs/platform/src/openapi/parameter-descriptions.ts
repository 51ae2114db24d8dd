/**
 * What a parameter means, by name, where the schema of a handler does not say. One name has one meaning throughout the
 * specification, so it is said once.
 */
export const parameterDescriptions: Readonly<Record<string, string>> = {
  flowId: 'Identifier of the Flow.',
  sourceId: 'Identifier of the Source.',
  profileId: 'Identifier of the Profile.',
  webhookId: 'Identifier of the webhook.',
  objectId: 'Identifier of the Object; percent-encode characters such as `/`.',
  requestId: 'Identifier of the deletion request.',
  'request-id': 'Identifier of the deletion request.',
  name: 'Name of the tag; percent-encode special characters.',
  label: 'Only items with exactly this label.',
  format: 'Only items of this format.',
  codec: 'Only items of this coding, as a MIME type.',
  status: 'Only items in this state.',
  source_id: 'Only Flows of this Source.',
  profile_id: 'Only Flows made from this Profile.',
  storage_id: 'The Storage Backend meant.',
  object_id: 'Only Segments that use this Object.',
  frame_width: 'Only Flows with pictures this wide, in pixels.',
  frame_height: 'Only Flows with pictures this high, in pixels.',
  init_segments: 'Only Flows that need (true) or do not need (false) initialisation segments.',
  timerange: 'Only what overlaps this timerange, such as `[0:0_10:0)`.',
  include_timerange: 'Whether the answer says which `timerange` the Flow covers.',
  include_object_timerange: 'Whether the answer says which `object_timerange` the whole Object covers.',
  sort_by: 'What to sort by.',
  reverse_order: 'Whether to list in the opposite order.',
  verbose_storage: 'Whether `get_urls` tell about their Storage Backend.',
  accept_get_urls: 'Only `get_urls` with these labels, separated by commas; an empty value leaves all `get_urls` out.',
  accept_storage_ids: 'Only `get_urls` on these Storage Backends, as ids separated by commas.',
  presigned: 'Only `get_urls` that are (true) or are not (false) presigned.',
};
