import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database, type Page, pageOf, ReadDatabase, withPageMemory } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { TimeRange } from '@tams/timing';
import { present } from './flow-presentation';
import { FlowNotFoundError } from '../flow.errors';
import { FlowRepository, type FlowRow } from '../flow.repository';
import type { Flow, FlowListQuery, FlowQuery } from '../flow.schema';

/** Reading Flows: those there are for the caller, as far as they may see them. */
@Injectable()
export class FlowReadingService {
  constructor(
    private readonly database: Database,
    private readonly reads: ReadDatabase,
    private readonly flows: FlowRepository,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation<[FlowListQuery]>('flow.list', { format: ({ args: [query] }) => query.format })
  async list(query: FlowListQuery): Promise<Page<Flow>> {
    const tags = this.classes.narrow(query.tags);
    return withPageMemory(query.limit, async () => {
      const rows = await this.flows.list(this.reads, { ...query, tags }, this.classes.readable);
      return pageOf(rows, this.flows.ordering(query), query, present);
    });
  }

  /** @throws {FlowNotFoundError} {@link MissingClassRightError} */
  @TraceOperation<[string], Flow>('flow.read', { format: ({ result }) => result?.format })
  async get(flowId: string, query: FlowQuery = { include_timerange: false }): Promise<Flow> {
    const row = await this.load(flowId, this.classes.readable);
    this.classes.require('read', row.document.tags, () => new FlowNotFoundError(flowId));
    const flow = present(row);
    if (!query.include_timerange) return flow;
    const timerange = await this.flows.timerange(this.database, flowId, query.timerange ?? TimeRange.ETERNITY);
    return { ...flow, timerange: timerange.toString() };
  }

  /** A Flow the caller has just made: whoever writes it need not have the right to read it later. */
  async created(flowId: string): Promise<Flow> {
    return present(await this.load(flowId, this.classes.known));
  }

  private async load(flowId: string, shown: readonly string[] | undefined): Promise<FlowRow> {
    const row = await this.flows.find(this.database, flowId, shown);
    if (!row) throw new FlowNotFoundError(flowId);
    return row;
  }
}
