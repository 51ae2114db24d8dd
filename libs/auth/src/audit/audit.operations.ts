import { Operation } from '@tams/platform';
import { auditFindings } from './audit.schema';

/** What the API document says of the audit log (not part of the specification). */
export const auditOperations = {
  search: Operation({
    id: 'GET_audit',
    access: [],
    tag: 'Audit',
    summary: 'Who changed what, and who was refused',
    description:
      'Administrators only. Lines of the audit log, newest first: of a resource, of a principal, or all. Reads at most 32 MiB of a file; `next` says where to go on.',
    success: {
      schema: auditFindings,
      example: {
        kept_in: 'file',
        lines: [
          {
            time: '2026-01-05T09:00:00.000Z',
            audit: 'change',
            principal: 'ingest',
            principal_id: 'bearer:https://id.example#4711',
            authentication: 'bearer',
            method: 'PUT',
            route: '/flows/{flowId}',
            resource: { flowId: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34' },
            outcome: 'done',
            status: 201,
            correlation_id: '7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11',
            source: '192.0.2.7',
          },
        ],
        next: 81_930,
      },
    },
    errors: {
      400: 'A query parameter is not valid; `errors` says which.',
      503: 'The file of the audit log cannot be read just now.',
    },
  }),
};
