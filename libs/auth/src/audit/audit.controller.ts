import { Controller, Get, Query } from '@nestjs/common';
import { Authentication } from '../authentication';
import { auditOperations } from './audit.operations';
import { type AuditFindings, auditQuestion, type AuditQuestion } from './audit.schema';

/** `/service/audit`: our own addition to the specification. */
@Controller('service/audit')
export class AuditController {
  constructor(private readonly authentication: Authentication) {}

  @auditOperations.search
  @Get()
  search(@Query({ schema: auditQuestion }) question: AuditQuestion): Promise<AuditFindings> {
    return this.authentication.audit.search(question);
  }
}
