import type { Command } from 'commander';
import {
  addCommand,
  clientFor,
  patientClientFor,
  pathFromCaller,
  readConcurrency,
  readSeconds,
  showFailure,
  withCommonOptions,
  type CommonOptions,
} from './command-options';
import { ingest, type IngestProgress, type IngestResult } from './ingest/ingest';
import { pipeExample } from '@tams/media';
import { counted, ProgressBar, readableBytes, readableSeconds, ticked, warned } from './terminal';

interface IngestCommandOptions extends CommonOptions {
  label?: string;
  concurrency: number;
  muxed?: boolean;
  segmentDuration: number;
  variants: string;
  resume?: boolean;
  ffmpeg: boolean;
  follow?: boolean;
  live?: boolean;
}

/** Adds `ingest <media>`. */
export function addIngestCommand(program: Command, signal: AbortSignal): void {
  const command = withIngestOptions(addCommand(program, 'ingest', '<media>'));
  withCommonOptions(command)
    .addHelpText('after', NOTES)
    .action(async (media: string, options: IngestCommandOptions) => {
      const bar = new ProgressBar(!options.json);
      try {
        const isLive = options.live === true || options.follow === true;
        const client = isLive ? patientClientFor(options) : clientFor(options, signal);
        const result = await ingest(
          client,
          {
            ...options,
            media: options.live ? media : pathFromCaller(media),
            live: options.live ? 'stream' : options.follow ? 'follow' : undefined,
            stop: signal,
          },
          isLive ? liveProgress(options.json) : progressOn(bar, options.json),
        );
        bar.stop();
        show({ ...result, playback_url: await client.playbackUrl(result.flow_id) }, client.url, options);
      } catch (error) {
        bar.stop();
        showFailure(error, options.json);
      }
    });
}

function withIngestOptions(command: Command): Command {
  return command
    .description('put media into a TAMS server')
    .argument(
      '<media>',
      'file, HLS playlist, folder of .ts files, an http(s) URL of a file or playlist, or - for standard input',
    )
    .option('--label <label>', 'label of the Flow (default: the name of the media)')
    .option(
      '--muxed',
      'keep picture and sound together in one Flow (default: a Flow each, and a multi Flow that collects them)',
    )
    .option(
      '--segment-duration <seconds>',
      'how long segments should be where media is cut at key frames',
      readSeconds,
      2,
    )
    .option('--variants <names>', 'which variants of a multivariant playlist: all, best, or names with commas', 'all')
    .option('--follow', 'follow an HLS playlist as it grows, until it ends or Ctrl-C')
    .option('--live', 'read live MPEG-TS from - (standard input), tcp://host:port, tcp://@:port or udp://@group:port')
    .option(
      '--no-ffmpeg',
      'refuse files that are not read here, instead of having an installed ffmpeg make them readable',
    )
    .option('--resume', 'go on with a broken ingest of the same media where it stopped')
    .option('--concurrency <number>', 'uploads at the same time', readConcurrency, 4);
}

const NOTES = `
Files (MP4, MOV, MKV, WebM, MPEG-TS, WAV, FLAC, MP3, AAC, Ogg) are cut at key
frames into CMAF segments, sound in numbers into WAV; nothing is encoded anew.
Other files (MXF, AVI, MPEG-2 video) go through ffmpeg first, where that is
installed: it copies what it can and encodes the rest, which is said. Segments
that exist (HLS playlists, folders of .ts files) are stored as they are. Times
come from the media itself, not from the playlist: Flow time is media time. A
live stream is stored as it comes, on the time of day (TAI).

Examples:
  npm run ingest -- apps/tams-media/sample/playlist.m3u8 --label "Test card"
  npm run ingest -- interview.mov --segment-duration 4
  npm run ingest -- https://example.com/master.m3u8 --variants best
  npm run ingest -- https://example.com/live/index.m3u8 --follow
  npm run ingest -- udp://@239.1.1.1:5000 --live --label Studio
  ${pipeExample}`;

/** Shows what a live ingest has stored, as a line for people or as one JSON object for each batch. */
function liveProgress(json = false): IngestProgress {
  let [count, bytes] = [0, 0];
  const { isTTY } = process.stderr;
  return {
    listening: (address) => {
      if (json) console.log(JSON.stringify({ event: 'listening', address }));
      else console.error(`Listening on ${address}: Ctrl-C ends it`);
    },
    uploading: () => {
      if (!json) console.error('Live: Ctrl-C ends it');
    },
    uploaded: () => undefined,
    registered: (flow_id, segments) => {
      count += segments.length;
      bytes += segments.reduce((sum, segment) => sum + segment.bytes, 0);
      if (json) {
        console.log(JSON.stringify({ event: 'registered', flow_id, segments }));
        return;
      }
      const line = `● ${counted(count, 'segment')}, ${readableBytes(bytes)}, up to ${segments.at(-1)?.timerange ?? ''}`;
      process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    warn: (text) => {
      if (json) console.log(JSON.stringify({ event: 'warning', text }));
      else console.error(`${isTTY ? '\n' : ''}${warned(text)}`);
    },
  };
}

/** Shows progress as bars, and warnings between them. */
export function progressOn(bar: ProgressBar, quiet = false): IngestProgress {
  return {
    uploading: (bytes) => {
      if (bytes !== undefined) bar.start('Uploading', bytes, true);
    },
    uploaded: (bytes) => {
      bar.advance(bytes);
    },
    registered: () => undefined,
    warn: (text) => {
      if (!quiet) console.error(warned(text));
    },
  };
}

/** What to write a Flow into, where that is not an MP4. */
const EXTENSIONS: Record<string, string> = { 'video/mp2t': 'ts', 'audio/wav': 'wav' };

/** What became of the media, and where players of HLS find it, if anywhere. */
type ShownResult = IngestResult & { readonly playback_url: string | undefined };

function show(result: ShownResult, url: string, options: IngestCommandOptions): void {
  console.log(options.json ? JSON.stringify({ ok: true, ...result }) : summaryOf(result, url, options));
}

function summaryOf(result: ShownResult, url: string, options: IngestCommandOptions): string {
  const header = options.token ? ` -H "Authorization: Bearer $TAMS_TOKEN"` : '';
  const other = url === 'http://localhost:8000' ? '' : ` --url ${url}`;
  const middle = result.segments[Math.floor(result.segments.length / 2)]?.timerange ?? result.timerange;
  const flow = result.flows.find(({ id }) => id === result.flow_id) ?? result.flows[0];
  const query = `${url}/flows/${flow?.id ?? result.flow_id}/segments?timerange=${encodeURIComponent(middle)}`;
  const extension = EXTENSIONS[flow?.container ?? ''] ?? 'mp4';
  const segments = result.flows.reduce((sum, each) => sum + each.segments.length, 0);
  return [
    ticked(`Ingested "${result.label}"`),
    `  Flow       ${result.flow_id}`,
    ...result.collected.map(({ id, format }) => `  - ${(format.split(':').at(-1) ?? '').padEnd(9)}${id}`),
    `  Source     ${result.source_id}`,
    `  Timerange  ${result.timerange} (${readableSeconds(result.seconds)} of media)`,
    `  Media      ${counted(segments, 'segment')}, ${readableBytes(result.bytes)}`,
    ...(result.playback_url === undefined ? [] : [`  Playback   ${result.playback_url} (HLS)`]),
    '',
    'Try next:',
    `  curl${header} '${query}'`,
    `  npm run outgest -- ${result.flow_id} --timerange '${middle}' -o out.${extension}${other}`,
  ].join('\n');
}
