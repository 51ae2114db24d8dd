import { labelList, uuidList } from '@tams/model';
import { type EventType, eventTypes } from '@tams/outbox';
import { queryBoolean, queryInteger } from '@tams/platform';
import { z } from 'zod';

const eventList = z
  .string('must be given once')
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(eventTypes, `must be some of ${eventTypes.join(', ')}, separated by commas`)))
  .transform((types): ReadonlySet<EventType> => new Set(types));

const ids = (description: string) => uuidList.optional().meta({ description });

/** Query of GET /service/events: the filters and the presentation of webhooks (schemas/webhook-post.json), lists separated by commas. */
export const eventStreamQuery = z.looseObject({
  events: eventList
    .optional()
    .meta({ description: 'Types of events to be told of, separated by commas; all unless given.' }),
  flow_ids: ids('Only events of these Flows. No effect on events of Sources.'),
  source_ids: ids('Only events of these Sources and of their Flows.'),
  flow_collected_by_ids: ids(
    'Only events of Flows that one of these Flows collects; an empty value for those no Flow collects. No effect on events of Sources.',
  ),
  source_collected_by_ids: ids(
    'Only events of Sources, and of their Flows, that one of these Sources collects; an empty value for those no Source collects.',
  ),
  accept_get_urls: labelList.default([]).meta({
    description: 'Labels of the `get_urls` to include with segments, separated by commas; none unless given.',
  }),
  accept_storage_ids: ids('Ids of the Storage Backends whose `get_urls` to include; all unless given.'),
  presigned: queryBoolean.optional(),
  verbose_storage: queryBoolean.optional(),
  include_object_timerange: queryBoolean.optional(),
  last_event_id: z
    .string('must be given once')
    .optional()
    .meta({ description: 'The same as the header `Last-Event-ID`, for clients that cannot send it. The header wins.' }),
  seconds: queryInteger
    .refine((seconds) => seconds >= 0, 'must not be negative')
    .optional()
    .meta({
      type: 'integer',
      minimum: 0,
      description:
        'When the server ends the stream; 0 as soon as the client knows all there was. It ends each stream after a while anyway.',
    }),
});
export type EventStreamQuery = z.output<typeof eventStreamQuery>;
