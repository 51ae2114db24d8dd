import { z } from 'zod';

const right = z.enum(['admin', 'read', 'write', 'delete']);

/** Who is calling, and what they may do. */
export const caller = z
  .object({
    authenticated: z.boolean().meta({ description: 'Whether the server knows who is calling, or asks nobody.' }),
    name: z.string().optional(),
    method: z.enum(['none', 'basic', 'bearer', 'url_token']).optional().meta({ description: 'How they said so.' }),
    is_admin: z.boolean().optional(),
    rights: z.array(right).optional(),
    scopes: z.array(z.string()).optional().meta({ description: 'The same as OAuth 2.0 scopes.' }),
    groups: z.array(z.string()).optional(),
    auth_classes: z
      .object({
        enabled: z.boolean().meta({ description: 'Whether `auth_classes` restrict anybody.' }),
        classes: z
          .array(z.object({ name: z.string(), rights: z.array(right) }))
          .optional()
          .meta({ description: 'What the caller may do, by class; absent when nothing restricts them.' }),
      })
      .optional(),
    sign_in: z
      .array(z.enum(['none', 'basic', 'bearer', 'url_token']))
      .meta({ description: 'Ways in which callers can say who they are.' }),
    oidc_issuer: z.string().optional().meta({ description: 'Where bearer tokens are to be had.' }),
  })
  .meta({ id: 'Caller' });
export type Caller = z.output<typeof caller>;
