import { z } from 'zod';

/** A process that serves, or served, the store. */
export const replica = z
  .object({
    name: z.string().meta({ description: 'Host and process id.' }),
    version: z.string(),
    started: z.iso.datetime(),
    seen: z.iso.datetime().meta({ description: 'Last sign of life.' }),
    this_one: z.boolean().meta({ description: 'Whether it is the one that answers.' }),
    state: z.enum(['running', 'silent', 'stopped']).meta({
      description: '`silent`: no sign of life for a minute, and it did not stop in order.',
    }),
    status: z.string().meta({ description: 'What its /health said last.' }),
    summary: z.string(),
  })
  .meta({ id: 'Replica' });
export type Replica = z.output<typeof replica>;
