import { description, timestamp } from '@tams/model';
import { z } from 'zod';

/** Name of the service; shown in listings, so kept as short as a label. */
const serviceName = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(500, 'must not be longer than 500 characters');

/** One way to be told of changes (schemas/event-stream-common.json). */
export const eventStreamMechanism = z
  .object({
    name: z.string().meta({ description: 'What it is called, for example `webhooks`.' }),
    docs: z.string().optional().meta({ description: 'Where it is described.' }),
    config: z.record(z.string(), z.unknown()).optional().meta({ description: 'What a client must know to use it.' }),
  })
  .meta({ id: 'EventStreamMechanism' });
export type EventStreamMechanism = z.output<typeof eventStreamMechanism>;

/** GET /service (schemas/service.json). */
export const service = z
  .object({
    name: serviceName.meta({ description: 'Short name of this server.' }),
    description: description.meta({ description: 'What this server is for.' }),
    type: z.string().meta({ description: 'Kind of server, a URN.' }),
    api_version: z.string().meta({ description: 'Version of the TAMS specification it implements.' }),
    service_version: z.string().meta({ description: 'Version of the software; for people only.' }),
    event_stream_mechanisms: z.array(eventStreamMechanism).meta({ description: 'Ways to be told of changes.' }),
    min_object_timeout: timestamp.meta({
      description: 'How long an allocated Object may wait to be registered, as `seconds:nanoseconds`.',
    }),
    min_presigned_url_timeout: timestamp.meta({
      description: 'How long a presigned URL is valid at least, as `seconds:nanoseconds`.',
    }),
  })
  .meta({ id: 'Service' });

/** The answer of GET /service, timestamps as text. */
export interface Service {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly api_version: string;
  readonly service_version: string;
  readonly event_stream_mechanisms: readonly EventStreamMechanism[];
  readonly min_object_timeout: string;
  readonly min_presigned_url_timeout: string;
}

/** POST /service (schemas/service-post.json): what is absent stays as it is. */
export const servicePost = z
  .looseObject({ name: serviceName.optional(), description: description.optional() }, 'must be an object')
  .meta({ id: 'ServicePost' });
export type ServicePost = z.output<typeof servicePost>;
