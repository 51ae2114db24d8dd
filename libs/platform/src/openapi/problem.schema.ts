import { z } from 'zod';

/** RFC 9457 problem details, as {@link Problem} is written; in the document only, nothing is parsed with it. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Stable name of the kind of problem, `urn:x-tams:problem:<code>`.' }),
    title: z.string().meta({ description: 'The status in words.' }),
    status: z.int().min(400).max(599).meta({ description: 'HTTP status of this answer.' }),
    detail: z.string().meta({ description: 'What went wrong this time, and what to do about it.' }),
    instance: z.string().meta({ description: 'Path of the request, without its query.' }),
    correlation_id: z.string().meta({ description: 'Identifies the request in the logs and traces of the server.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each broken field: `body.<path>` or `query.<parameter>`, and the rule it breaks.' }),
    message: z.string().meta({ description: 'The text of `detail` again, for older clients.' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
