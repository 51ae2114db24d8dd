import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@tams/platform';
import { GaugeRefresher, metrics } from '@tams/telemetry';

/** An ingesting Flow without a new Segment for so long counts as stalled. */
export const STALLED_AFTER_SECONDS = 60;
/** One silent for so long was forgotten, and is no live ingest any more. */
export const FORGOTTEN_AFTER_SECONDS = 86_400;
/** Ends of Flows beyond this (in 2001) are taken for wall-clock time; other timelines have no live edge. */
const WALL_CLOCK_FROM_NS = '1000000000000000000';

interface StoreFigures {
  readonly sources: string;
  readonly flows: string;
  readonly segments: string;
  readonly ingesting: string;
  readonly stalled: string;
  readonly forgotten: string;
  readonly longest_silence: number | null;
  readonly live_edge_lag: number | null;
}

/** Reads flows and sources only: each flow knows how many segments it has, so that their number costs nothing here. */
const STORE_FIGURES = `
  WITH flow AS (
    SELECT segment_count, last_end_ns, status = 'ingesting' AS open,
           extract(epoch FROM clock_timestamp() - coalesce(segments_updated, created))::float8 AS silence
      FROM flows),
  ingest AS (SELECT *, open AND silence <= $3::float8 AS ingesting FROM flow)
  SELECT (SELECT count(*) FROM sources) AS sources,
         count(*) AS flows,
         coalesce(sum(segment_count), 0)::text AS segments,
         count(*) FILTER (WHERE ingesting) AS ingesting,
         count(*) FILTER (WHERE ingesting AND silence > $1::float8) AS stalled,
         count(*) FILTER (WHERE open AND NOT ingesting) AS forgotten,
         max(silence) FILTER (WHERE ingesting) AS longest_silence,
         max(extract(epoch FROM clock_timestamp())::float8 - last_end_ns / 1e9::float8)
           FILTER (WHERE ingesting AND last_end_ns > $2::int8) AS live_edge_lag
    FROM ingest`;

/** Keeps the gauges of Sources and Flows true: how many there are and how live ingests are doing. */
@Injectable()
export class StoreGauges implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'store', refresh: () => this.refreshStore() });
  }

  private async refreshStore(): Promise<void> {
    const [figures] = await this.database.query<StoreFigures>(STORE_FIGURES, [
      STALLED_AFTER_SECONDS,
      WALL_CLOCK_FROM_NS,
      FORGOTTEN_AFTER_SECONDS,
    ]);
    if (!figures) return;
    metrics.sources.series({}).set(Number(figures.sources));
    metrics.flows.series({}).set(Number(figures.flows));
    metrics.segments.series({}).set(Number(figures.segments));
    metrics.flowsIngesting.series({}).set(Number(figures.ingesting));
    metrics.flowsStalled.series({}).set(Number(figures.stalled));
    metrics.flowsForgotten.series({}).set(Number(figures.forgotten));
    metrics.secondsSinceLastSegment.series({}).set(figures.longest_silence ?? 0);
    // Timelines in TAI run some 37 s ahead of our clock: their edge is not behind.
    metrics.liveEdgeLag.series({}).set(Math.max(0, figures.live_edge_lag ?? 0));
  }
}
