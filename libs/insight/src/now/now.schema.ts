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

/** A job that goes on, on whatever replica, or waits. */
export const runningJob = z.object({
  id: z.uuid(),
  kind: z.string(),
  state: z.enum(['running', 'waiting']),
  attempt: z.int().meta({ description: '1 on the first; of a job that waits, the one that comes next.' }),
  since: z.iso.datetime().meta({ description: 'When the attempt began; of a job that waits, when it was made.' }),
  seconds: z.number().meta({ description: 'How long that is ago.' }),
  correlation_id: z.string().optional().meta({ description: 'Of the request that caused it.' }),
  progress: z
    .object({
      about: z.string().meta({ description: 'What it works on.' }),
      unit: z.string().meta({ description: 'What is counted: `segments`, `objects`, `bytes`.' }),
      done: z.number(),
      total: z.number().optional().meta({ description: 'Absent where nobody knows how much there is to do.' }),
      per_second: z.number().optional().meta({ description: 'On average since the attempt began.' }),
    })
    .optional()
    .meta({ description: 'As its worker told within the last two seconds; absent for jobs that do not count.' }),
  when_stopped: z
    .string()
    .optional()
    .meta({ description: 'What it leaves when it is stopped; absent when it cannot be.' }),
  stop: z
    .object({ by: z.string(), at: z.iso.datetime() })
    .optional()
    .meta({ description: 'Who has asked for it to stop; it ends after the batch it is at.' }),
});
export type RunningJob = z.output<typeof runningJob>;

/** What goes on just now. */
export const runningNow = z
  .object({
    work: z.array(entry).meta({ description: 'Requests, jobs and deliveries older than a second, oldest first.' }),
    sessions: z
      .array(session)
      .meta({ description: 'Statements and open transactions older than a second, and who keeps them waiting.' }),
    jobs: z.array(runningJob).meta({
      description: 'The first 50 jobs of all replicas that go on or wait, running ones first, then the oldest.',
    }),
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

/** Identifier of a job. */
export const jobId = z.uuid();

/** Process id of a session. */
export const sessionPid = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
