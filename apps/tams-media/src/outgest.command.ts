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
import { Failure } from './failure';
import { emptyTotals, outgest, writtenRange, writtenSeconds, type OutgestTotals } from './outgest/outgest';
import { refuseUnfitFile, writeFileAtomically, writeStandardOutput } from './outgest/output-file';
import { counted, readableBytes, readableSeconds, ticked, warned } from './terminal';

interface OutgestCommandOptions extends CommonOptions {
  output: string;
  force?: boolean;
  timerange?: string;
  concurrency: number;
}

/** Adds `outgest <flow>`. */
export function addOutgestCommand(program: Command, signal: AbortSignal): void {
  const command = addCommand(program, 'outgest', '<flow>')
    .description("write a Flow's media of a timerange into one MPEG-TS file")
    .argument('<flow>', 'id of the Flow')
    .requiredOption('-o, --output <file>', 'file to write, or - for standard output')
    .option('-f, --force', 'replace the file if it exists')
    .option('--timerange <timerange>', "TAMS timerange, for example '[10:0_20:0)' (default: the whole Flow)")
    .option('--concurrency <number>', 'downloads at the same time', readConcurrency, 4);
  withCommonOptions(command)
    .addHelpText('after', NOTES)
    .action(async (flowId: string, options: OutgestCommandOptions) => {
      try {
        await run(flowId, options, signal);
      } catch (error) {
        showFailure(error, options.json);
      }
    });
}

const NOTES = `
Segments that overlap the timerange are written whole, in time order, byte for byte as they were ingested; the file appears
only when it is complete. Put the timerange in quotes: the shell has its own ideas about brackets.

Examples:
  npm run outgest -- <flow> --timerange '[5:0_12:0)' -o out.ts
  npm run --silent outgest -- <flow> -o - | ffplay -`;

async function run(flowId: string, options: OutgestCommandOptions, signal: AbortSignal): Promise<void> {
  const toStandardOutput = options.output === '-';
  if (toStandardOutput && options.json) {
    throw new Failure('--json and -o - both want standard output', { next: 'Write to a file, or leave out --json.' });
  }
  const totals = emptyTotals();
  const bytes = outgest(clientFor(options, signal), { ...options, flowId }, totals);
  const path = pathFromCaller(options.output);
  if (!toStandardOutput) refuseUnfitFile(path, options.force ?? false);
  await (toStandardOutput ? writeStandardOutput(bytes) : writeFileAtomically(path, bytes));
  if (options.json) console.log(JSON.stringify(resultOf(flowId, path, totals)));
  else console.error(summaryOf(toStandardOutput ? 'standard output' : path, totals));
}

function resultOf(flowId: string, path: string, totals: OutgestTotals): object {
  const { segments, bytes } = totals;
  return { ok: true, flow_id: flowId, file: path, timerange: writtenRange(totals), segments, bytes };
}

function summaryOf(where: string, totals: OutgestTotals): string {
  const amount = `${counted(totals.segments, 'segment')}, ${readableBytes(totals.bytes)}, ${readableSeconds(writtenSeconds(totals))}`;
  const lines = [ticked(`Wrote ${where}: ${amount}, ${writtenRange(totals)}`)];
  if (totals.shifted > 0) {
    lines.push(
      warned(
        `${counted(totals.shifted, 'segment')} with a ts_offset: the times inside the file are the media's own, not the Flow's`,
      ),
    );
  }
  return lines.join('\n');
}
