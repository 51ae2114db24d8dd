import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { FlowNotFoundError } from '@tams/flows';
import { Database, type Page, pageOf } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { presentFlow } from './flow-overview';
import { flowOverviewOrderings, FlowOverviewRepository } from './flow-overview.repository';
import type { FlowOverview, FlowOverviewQuery } from './library.schema';

/** The Flows of the store as a page of the console shows them, as far as the caller may read them. */
@Injectable()
export class FlowOverviewService {
  constructor(
    private readonly database: Database,
    private readonly flows: FlowOverviewRepository,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation('console.flows')
  async list(query: FlowOverviewQuery): Promise<Page<FlowOverview>> {
    const narrowed = { ...query, tags: this.classes.narrow(query.tags) };
    const rows = await this.flows.list(this.database, narrowed, {
      readable: this.classes.readable,
      withRate: query.activity === 'live' || query.activity === 'stalled',
    });
    return pageOf(rows, flowOverviewOrderings[query.sort_by], query, presentFlow);
  }

  /** @throws {FlowNotFoundError} {@link MissingClassRightError} */
  @TraceOperation('console.flow')
  async get(flowId: string): Promise<FlowOverview> {
    const row = await this.flows.find(this.database, flowId, { readable: this.classes.readable, withRate: true });
    if (!row) throw new FlowNotFoundError(flowId);
    this.classes.require('read', row.tags, () => new FlowNotFoundError(flowId));
    return presentFlow(row);
  }
}
