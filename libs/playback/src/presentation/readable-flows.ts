import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { FlowNotFoundError } from '@tams/flows';
import { Database } from '@tams/platform';
import type { Candidate } from './candidate';
import { PresentationRepository } from './presentation.repository';

/** Flows as far as the caller may read them. */
@Injectable()
export class ReadableFlows {
  constructor(
    private readonly database: Database,
    private readonly repository: PresentationRepository,
    private readonly classes: ClassAccess,
  ) {}

  /** @throws {FlowNotFoundError} {@link MissingClassRightError} */
  async get(flowId: string): Promise<Candidate> {
    const absent = (): FlowNotFoundError => new FlowNotFoundError(flowId);
    const flow = await this.repository.flow(this.database, flowId);
    if (!flow) throw absent();
    this.classes.require('read', flow.tags, absent);
    return flow;
  }
}
