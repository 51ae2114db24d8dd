import { Option, type Command } from 'commander';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { TamsClient } from './client/tams-client';
import {
  addCommand,
  clientFor,
  pathFromCaller,
  readConcurrency,
  showFailure,
  withCommonOptions,
  type CommonOptions,
} from './command-options';
import { Failure, type Flow } from '@tams/media';
import { emptyTotals, joinedSegments, writtenRange, writtenSeconds, type JoinTotals } from './outgest/joined-segments';
import { refuseUnfitFile, writeBeside, writeFileAtomically, writeStandardOutput } from './outgest/output-file';
import { remux, type RemuxResult } from './outgest/remux';
import type { RemuxFormat } from './outgest/remux-formats';
import { selectTracks, type Selection } from './outgest/selection';
import { TemporaryFolder } from './temporary-folder';
import { counted, readableBytes, readableSeconds, ticked, warned } from './terminal';

type Format = RemuxFormat | 'segments';

interface OutgestCommandOptions extends CommonOptions {
  output: string;
  force?: boolean;
  timerange?: string;
  concurrency: number;
  format?: Format;
  gaps: 'keep' | 'refuse';
}

/** Adds `outgest <id>`. */
export function addOutgestCommand(program: Command, signal: AbortSignal): void {
  const command = addCommand(program, 'outgest', '<id>')
    .description('write media of a timerange into one file')
    .argument('<id>', 'id of a Flow, or of a Source: its picture and sound together')
    .requiredOption('-o, --output <file>', 'file to write, or - for standard output')
    .option('-f, --force', 'replace the file if it exists')
    .option('--timerange <timerange>', "TAMS timerange, for example '[10:0_20:0)' (default: everything)")
    .addOption(
      new Option('--format <format>', "what to write (default: by the file's name)").choices([...FORMATS, 'segments']),
    )
    .addOption(
      new Option('--gaps <what>', 'stretches without media: keep them as time in which nothing changes, or refuse')
        .choices(['keep', 'refuse'])
        .default('keep'),
    )
    .option('--concurrency <number>', 'downloads at the same time', readConcurrency, 4);
  withCommonOptions(command)
    .addHelpText('after', NOTES)
    .action(async (id: string, options: OutgestCommandOptions) => {
      try {
        await run(id, options, signal);
      } catch (error) {
        showFailure(error, options.json);
      }
    });
}

const FORMATS: readonly RemuxFormat[] = ['mp4', 'mov', 'mkv', 'ts', 'wav'];

const NOTES = `
Nothing is encoded anew. Formats:
  mp4, mov  begin and end at the very frame (an edit list hides what a decoder
            needs around it); may be played while they load; sound in numbers
            goes into mov
  mkv       begins at the key frame before the start; holds every coding
  ts        MPEG-TS, begins at the key frame before the start
  wav       sound in numbers, to the sample
  segments  the objects that overlap the timerange, whole, byte for byte as they
            are stored, one behind the other; the default for standard output,
            and for .ts where all of it is in one Flow of MPEG-TS
The file appears only when it is complete. Put the timerange in quotes: the
shell has its own ideas about brackets.

Examples:
  npm run outgest -- <flow or source> --timerange '[5:0_12:0)' -o out.mp4
  npm run outgest -- <flow> --timerange '[5:0_12:0)' -o out.ts
  npm run --silent outgest -- <flow> -o - | ffplay -`;

async function run(id: string, options: OutgestCommandOptions, signal: AbortSignal): Promise<void> {
  const toStandardOutput = options.output === '-';
  if (toStandardOutput && options.json) {
    throw new Failure('--json and -o - both want standard output', { next: 'Write to a file, or leave out --json.' });
  }
  const path = pathFromCaller(options.output);
  if (!toStandardOutput) refuseUnfitFile(path, options.force ?? false);
  const named = options.format ?? formatOf(options.output);
  const client = clientFor(options, signal);
  const target = { path, toStandardOutput, where: toStandardOutput ? 'standard output' : path };
  const isStored = named === 'ts' && options.format === undefined && (await isTransportStream(client, id));
  const format = isStored ? 'segments' : named;
  if (format === 'segments') await writeSegments(client, id, options, target);
  else await writeAnew(client, id, { ...options, format }, target);
}

/** Whether all that an id stands for is in one Flow whose segments are MPEG-TS: they need not be written anew. */
async function isTransportStream(client: TamsClient, id: string): Promise<boolean> {
  const flow = await client.flow(id);
  const container = flow ? flow.container : soleFlowOf(await selectTracks(client, id))?.container;
  return container?.toLowerCase() === 'video/mp2t';
}

interface Target {
  path: string;
  toStandardOutput: boolean;
  where: string;
}

/** @throws Failure for a name that says nothing */
function formatOf(output: string): Format {
  const extension = extname(output).toLowerCase();
  const known: Record<string, Format> = {
    '.mp4': 'mp4',
    '.m4a': 'mp4',
    '.m4v': 'mp4',
    '.mov': 'mov',
    '.mkv': 'mkv',
    '.mka': 'mkv',
    '.wav': 'wav',
    '.ts': 'ts',
  };
  const format = output === '-' ? 'segments' : known[extension];
  if (format) return format;
  throw new Failure(`What to write is not clear from the name ${output}`, {
    next: `Name the file ${Object.keys(known).join(', ')}, or give --format.`,
  });
}

async function writeSegments(
  client: TamsClient,
  id: string,
  options: OutgestCommandOptions,
  target: Target,
): Promise<void> {
  const totals = emptyTotals();
  const flowId = (await client.flow(id)) ? id : flowOf(await selectTracks(client, id));
  const bytes = joinedSegments(client, { ...options, flowId }, totals);
  await (target.toStandardOutput ? writeStandardOutput(bytes) : writeFileAtomically(target.path, bytes));
  if (options.json) {
    const { segments, bytes: size } = totals;
    const timerange = writtenRange(totals);
    const playback_url = await client.playbackUrl(id, options.timerange);
    const warnings = warningsOf(totals);
    const written = { flow_id: flowId, file: target.path, timerange, segments, bytes: size, warnings };
    console.log(JSON.stringify({ ok: true, ...written, playback_url }));
  } else console.error(`${summaryOf(target.where, totals)}${await playbackLine(client, id, options)}`);
}

/** The one Flow whose segments hold everything, if one does. */
function soleFlowOf({ tracks }: Selection): Flow | undefined {
  const [first] = tracks;
  return tracks.every(({ flow }) => flow.id === first?.flow.id) ? first?.flow : undefined;
}

/** @throws Failure where the media is in several Flows */
function flowOf(selection: Selection): string {
  const flow = soleFlowOf(selection);
  if (flow) return flow.id;
  throw new Failure(`${selection.name} has its media in several Flows, whose segments cannot be joined`, {
    next: 'Write one file of them: -o out.mp4, out.mkv or out.ts',
  });
}

function summaryOf(where: string, totals: JoinTotals): string {
  const amount = `${counted(totals.segments, 'segment')}, ${readableBytes(totals.bytes)}, ${readableSeconds(writtenSeconds(totals))}`;
  return [ticked(`Wrote ${where}: ${amount}, ${writtenRange(totals)}`), ...warningsOf(totals).map(warned)].join('\n');
}

/** Where the file is not quite what the Flow says. */
function warningsOf({ shifted, partial }: JoinTotals): string[] {
  return [
    ...(shifted > 0
      ? [
          `${counted(shifted, 'segment')} with a ts_offset: the times inside the file are the media's own, not the Flow's (--format ts writes them anew)`,
        ]
      : []),
    ...(partial > 0
      ? [
          `${counted(partial, 'segment')} of an edit use a part of their object, and are written whole (--format ts or -o out.mp4 cuts them)`,
        ]
      : []),
  ];
}

async function writeAnew(
  client: TamsClient,
  id: string,
  options: OutgestCommandOptions & { format: RemuxFormat },
  target: Target,
): Promise<void> {
  const selection = await selectTracks(client, id);
  const warnings: string[] = [];
  const settings = {
    format: options.format,
    timerange: options.timerange,
    gaps: options.gaps,
    warn: (text: string) => {
      warnings.push(text);
      if (!options.json) console.error(warned(text));
    },
  };
  const result = target.toStandardOutput
    ? await writeThroughFile(client, selection, settings)
    : await writeBeside(target.path, (partial) => remux(client, selection, partial, settings));
  if (options.json) {
    const playback_url = await client.playbackUrl(id, options.timerange);
    console.log(JSON.stringify({ ok: true, id, file: target.path, ...result, warnings, playback_url }));
  } else console.error(`${describeRemux(target.where, result)}${await playbackLine(client, id, options)}`);
}

/** A line that says where the same can be played, or nothing. */
async function playbackLine(client: TamsClient, id: string, { timerange }: OutgestCommandOptions): Promise<string> {
  const url = await client.playbackUrl(id, timerange);
  return url === undefined ? '' : `\n  Playback   ${url} (HLS)`;
}

type RemuxSettings = Parameters<typeof remux>[3];

/** The formats are not written from front to back, and a pipe can be: the file is made first and then sent. */
async function writeThroughFile(
  client: TamsClient,
  selection: Selection,
  settings: RemuxSettings,
): Promise<RemuxResult> {
  const folder = new TemporaryFolder();
  try {
    const [path, result] = await folder.file(async (file) => [file, await remux(client, selection, file, settings)]);
    await writeStandardOutput(createReadStream(path) as AsyncIterable<Buffer>);
    return result;
  } finally {
    await folder.dispose();
  }
}

function describeRemux(where: string, result: RemuxResult): string {
  return ticked(
    `Wrote ${where}: ${result.tracks.join(' and ')}, ${readableSeconds(result.seconds)}, ${result.timerange}, ${exactnessOf(result)}`,
  );
}

function exactnessOf({ start, end }: RemuxResult): string {
  if (start === 'frame' && end === 'frame') return 'trimmed to the frame';
  const from = start === 'frame' ? 'from the very frame' : 'from the key frame before the start';
  const to = end === 'frame' ? '' : ', to a picture after the end that earlier ones need';
  return `${from}${to} (.mp4 and .mov are trimmed to the frame)`;
}
