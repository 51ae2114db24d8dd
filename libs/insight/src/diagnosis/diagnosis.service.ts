import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { redactText, redactValue, registry } from '@tams/telemetry';
import { ChangesService } from '../changes/changes.service';
import { Journal } from '../journal/journal';
import { NowService } from '../now/now.service';
import { OverviewService } from '../overview/overview.service';
import { SeriesService } from '../series/series.service';
import { type ArchivedFile, tarOf } from './tar';

const compress = promisify(gzip);

const EXPLANATION = `What one process of a TAMS server knew of itself when somebody asked. No secrets, no media.

overview.json     one sentence, every part with its last hour, the newest figures, the other replicas
now.json          what had gone on for a second: requests, jobs, deliveries, sessions of PostgreSQL
errors.json       what failed last, newest first; refusals.json what was refused
traces.json       the slowest of each route and queue within the last hour
routes.json       how each route did within the last hour
series-hour.json  figures every 5 s of the last hour; series-day.json every minute of the last day
changes.json      starts, versions, settings that differ from their defaults, migrations
metrics.txt       as /metrics shows them
log.ndjson        the last lines of the log, those that warn first
`;

/** All that is known, as one archive to attach to a report. */
@Injectable()
export class DiagnosisService {
  constructor(
    private readonly overviews: OverviewService,
    private readonly running: NowService,
    private readonly journal: Journal,
    private readonly figures: SeriesService,
    private readonly changed: ChangesService,
  ) {}

  /** @returns a tar archive, compressed by gzip; secrets are taken out of everything once more */
  async archive(): Promise<Buffer> {
    const json = (name: string, value: unknown): ArchivedFile => ({
      name: `tams-diagnosis/${name}`,
      content: `${JSON.stringify(redactValue(value), undefined, 1)}\n`,
    });
    const text = (name: string, content: string): ArchivedFile => ({ name: `tams-diagnosis/${name}`, content });
    const files = [
      text('README.txt', `${EXPLANATION}\n${hostname()}, ${new Date().toISOString()}\n`),
      json('overview.json', await this.overviews.overview()),
      json('now.json', await this.running.now()),
      json('errors.json', this.journal.errors(false)),
      json('refusals.json', this.journal.errors(true)),
      json('traces.json', this.journal.slow()),
      json('routes.json', this.figures.routes()),
      json('series-hour.json', this.figures.series({ window: 'hour', names: undefined })),
      json('series-day.json', this.figures.series({ window: 'day', names: undefined })),
      json('changes.json', await this.changed.changes()),
      // Labels have few values, none of them a secret.
      text('metrics.txt', await registry.metrics()),
      text(
        'log.ndjson',
        this.journal
          .lastLines()
          .map((line) => `${redactText(line)}\n`)
          .join(''),
      ),
    ];
    return compress(tarOf(files, new Date()));
  }
}
