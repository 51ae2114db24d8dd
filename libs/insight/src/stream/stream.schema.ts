import { queryInteger } from '@tams/platform';
import { z } from 'zod';

/** How long to stay. */
export const streamQuery = z.object({
  seconds: queryInteger
    .refine((seconds) => seconds >= 0, 'must not be negative')
    .optional()
    .meta({ type: 'integer', minimum: 0, description: 'Ends the stream after so long; 0 after its first event.' }),
});
export type StreamQuery = z.output<typeof streamQuery>;
