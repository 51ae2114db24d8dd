import type { Command } from 'commander';
import {
  addCommand,
  clientFor,
  pathFromCaller,
  readConcurrency,
  showFailure,
  withCommonOptions,
  type CommonOptions,
} from './command-options';
import { ingest, type IngestProgress, type IngestResult } from './ingest/ingest';
import { counted, ProgressBar, readableBytes, readableSeconds, ticked, warned } from './terminal';

interface IngestCommandOptions extends CommonOptions {
  label?: string;
  concurrency: number;
}

/** Adds `ingest <media>`. */
export function addIngestCommand(program: Command, signal: AbortSignal): void {
  const command = addCommand(program, 'ingest', '<media>')
    .description('put MPEG-TS media (H.264, AAC) into a TAMS server')
    .argument('<media>', 'HLS playlist (.m3u8), .ts file, folder of .ts files, or an http(s) URL of a playlist or file')
    .option('--label <label>', 'label of the Flow (default: the name of the media)')
    .option('--concurrency <number>', 'uploads at the same time', readConcurrency, 4);
  withCommonOptions(command)
    .addHelpText('after', NOTES)
    .action(async (media: string, options: IngestCommandOptions) => {
      const bar = new ProgressBar(!options.json);
      try {
        const client = clientFor(options, signal);
        const result = await ingest(
          client,
          { ...options, media: pathFromCaller(media) },
          progressOn(bar, options.json),
        );
        bar.stop();
        console.log(options.json ? JSON.stringify({ ok: true, ...result }) : summaryOf(result, client.url, options));
      } catch (error) {
        bar.stop();
        showFailure(error, options.json);
      }
    });
}

const NOTES = `
Each file becomes one segment. Its time comes from the stream's own PTS, not from the playlist, so Flow time is media time.
The 33-bit rollover is followed; a clock that starts anew (EXT-X-DISCONTINUITY) is refused.

Examples:
  npm run ingest -- apps/tams-media/sample/playlist.m3u8 --label "Test card"
  npm run ingest -- https://example.com/vod/index.m3u8 --url http://localhost:8000`;

/** Shows progress as bars, and warnings between them. */
export function progressOn(bar: ProgressBar, quiet = false): IngestProgress {
  return {
    analysing: (files) => {
      bar.start('Reading  ', files, false);
    },
    analysed: () => {
      bar.advance(1);
    },
    uploading: (bytes) => {
      bar.start('Uploading', bytes, true);
    },
    uploaded: (bytes) => {
      bar.advance(bytes);
    },
    warn: (text) => {
      if (!quiet) console.error(warned(text));
    },
  };
}

function summaryOf(result: IngestResult, url: string, options: IngestCommandOptions): string {
  const header = options.token ? ` -H "Authorization: Bearer $TAMS_TOKEN"` : '';
  const other = url === 'http://localhost:8000' ? '' : ` --url ${url}`;
  const middle = result.segments[Math.floor(result.segments.length / 2)]?.timerange ?? result.timerange;
  const query = `${url}/flows/${result.flow_id}/segments?timerange=${encodeURIComponent(middle)}`;
  return [
    ticked(`Ingested "${result.label}"`),
    `  Flow       ${result.flow_id}`,
    ...result.collected.map(({ id, format }) => `  - ${(format.split(':').at(-1) ?? '').padEnd(9)}${id}`),
    `  Source     ${result.source_id}`,
    `  Timerange  ${result.timerange} (${readableSeconds(result.seconds)} of media)`,
    `  Media      ${counted(result.segments.length, 'segment')}, ${readableBytes(result.bytes)}`,
    '',
    'Try next:',
    `  curl${header} '${query}'`,
    `  npm run outgest -- ${result.flow_id} --timerange '${middle}' -o out.ts${other}`,
  ].join('\n');
}
