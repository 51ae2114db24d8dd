import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { Database, type Page, pageOf } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { summaryOf } from './codec-summary';
import { extentsOf, given, playbackOf } from './flow-overview';
import type { SourceOverview, SourceOverviewQuery } from './library.schema';
import {
  type RepresentingFlowRow,
  sourceOverviewOrderings,
  SourceOverviewRepository,
  type SourceOverviewRow,
} from './source-overview.repository';

/** The Sources of the store as a page of the console shows them, as far as the caller may read them. */
@Injectable()
export class SourceOverviewService {
  constructor(
    private readonly database: Database,
    private readonly sources: SourceOverviewRepository,
    private readonly classes: ClassAccess,
  ) {}

  @TraceOperation('console.sources')
  async list(query: SourceOverviewQuery): Promise<Page<SourceOverview>> {
    const narrowed = { ...query, tags: this.classes.narrow(query.tags) };
    const rows = await this.sources.list(this.database, narrowed, this.classes.readable);
    return pageOf(rows, sourceOverviewOrderings[query.sort_by], query, presentSource);
  }
}

function presentSource(row: SourceOverviewRow): SourceOverview {
  return {
    id: row.id,
    ...given({ label: row.label, description: row.description }),
    format: row.format,
    created: row.created,
    updated: row.updated,
    ...given({ tags: row.tags }),
    flow_count: Number(row.flow_count),
    flows: (row.flows ?? []).map(presentFlow),
    ...extentsOf(row, row.status),
    ...playbackOf('sources', row.id, row),
  };
}

function presentFlow(flow: RepresentingFlowRow): SourceOverview['flows'][number] {
  const { id, label, format, codec, segment_count } = flow;
  return {
    id,
    ...given({ label, format: format as SourceOverview['format'] | null, codec }),
    summary: summaryOf(flow),
    segment_count,
  };
}
