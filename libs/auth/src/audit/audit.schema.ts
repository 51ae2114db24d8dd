import { queryInteger, queryLimit } from '@tams/platform';
import { z } from 'zod';

/** A text to look for; one that is empty looks for nothing. */
const sought = z.string('must be given once').max(256, 'must not be longer than 256 characters').optional();

/** Query of GET /service/audit. */
export const auditQuestion = z.strictObject({
  resource: sought.meta({ description: 'Identifier of a resource, as in its path: changes and refusals of it alone.' }),
  principal: sought.meta({ description: 'Name of a principal: what they did and were refused.' }),
  before: queryInteger
    .refine((position) => position >= 0, 'must not be negative')
    .optional()
    .meta({ description: 'Reads on from here: `next` of the answer before.' }),
  limit: queryLimit,
});
export type AuditQuestion = z.output<typeof auditQuestion>;

/** One line of the audit log. */
export const auditLine = z
  .object({
    time: z.iso.datetime(),
    audit: z.enum(['change', 'refusal', 'attempt']),
    /** Its name; absent when nobody said who they are, or a signed URL spoke for them. */
    principal: z.string().optional(),
    principal_id: z.string().optional(),
    authentication: z.string().optional(),
    method: z.string(),
    /** Template of the route, or `unmatched`. */
    route: z.string(),
    resource: z.record(z.string(), z.string()).meta({ description: 'Identifiers in the path, by parameter.' }),
    outcome: z.string(),
    /** Of the answer; absent while there is none. */
    status: z.int().optional(),
    correlation_id: z.string(),
    source: z.string().meta({ description: 'Address of the client, as the trusted proxies tell it.' }),
  })
  .meta({ id: 'AuditLine' });
export type AuditLine = z.output<typeof auditLine>;

/** What was found in the audit log. */
export const auditFindings = z
  .object({
    kept_in: z.enum(['file', 'memory']).meta({
      description:
        'Where it was looked: in `AUDIT_LOG_FILE`, or, without one, in the latest lines of this process. Other replicas have their own.',
    }),
    lines: z.array(auditLine).meta({ description: 'Newest first.' }),
    next: z.int().optional().meta({
      description:
        'Where to read on, as `before`; absent when all was looked at. There may be one with few lines, or none.',
    }),
  })
  .meta({ id: 'AuditFindings' });
export type AuditFindings = z.output<typeof auditFindings>;
