import { z } from 'zod';
import { entry } from '../journal/journal.schema';

/** A session of the metadata store. */
export const session = z.object({
  pid: z.int().meta({ description: 'Process id of the session, as PostgreSQL counts.' }),
  session_started: z.iso
    .datetime()
    .meta({ description: 'To be named when it is stopped: process ids are used again.' }),
  application: z.string().optional(),
  client: z.string().optional(),
  user: z.string().optional(),
  state: z.string().meta({ description: '`active`, or `idle in transaction`.' }),
  waits: z.string().optional().meta({ description: 'What it waits for, as PostgreSQL calls it.' }),
  waits_for: z.array(z.string()).optional().meta({ description: 'Tables whose locks it waits for.' }),
  seconds: z.number().meta({ description: 'How long it has been in this state.' }),
  transaction_seconds: z.number().optional(),
  query: z.string().meta({ description: 'Its statement, or its last one.' }),
  blocked_by: z.array(z.int()).meta({ description: 'Sessions that keep it waiting.' }),
  correlation_id: z.string().optional().meta({ description: 'The work of this process that asked for it.' }),
});
export type Session = z.output<typeof session>;

/** What goes on just now. */
export const runningNow = z
  .object({
    work: z.array(entry).meta({ description: 'Requests, jobs and deliveries older than a second, oldest first.' }),
    sessions: z
      .array(session)
      .meta({ description: 'Statements and open transactions older than a second, and who keeps them waiting.' }),
    sessions_problem: z.string().optional().meta({ description: 'Why the metadata store does not tell.' }),
  })
  .meta({ id: 'RunningNow' });
export type RunningNow = z.output<typeof runningNow>;

/** Which session, and how. */
export const sessionStop = z
  .strictObject({
    session_started: z.iso.datetime(),
    end_session: z.boolean().default(false).meta({
      description:
        'Ends the whole session: what an open transaction that does nothing needs. Otherwise its statement is cancelled.',
    }),
  })
  .meta({ id: 'SessionStop' });
export type SessionStop = z.output<typeof sessionStop>;

/** Process id of a session. */
export const sessionPid = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
