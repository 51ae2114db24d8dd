import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import {
  addCommand,
  clientFor,
  pathFromCaller,
  showFailure,
  withCommonOptions,
  type CommonOptions,
} from './command-options';
import { exportComposition, importComposition } from './edit/composition';
import { appendToEdit, blankStretch, createEdit, type EditResult } from './edit/edit';
import { readComposition } from './edit/open-timeline';
import { readBounds, readPart } from './edit/parts';
import { Failure } from '@tams/media';
import { refuseUnfitFile, writeFileAtomically } from './outgest/output-file';
import { counted, readableSeconds, ticked, warned } from './terminal';

interface PartsOptions extends CommonOptions {
  from: string[];
  label?: string;
}

interface BlankOptions extends CommonOptions {
  timerange: string;
  with?: string;
  label?: string;
}

interface ExportOptions extends CommonOptions {
  output: string;
  force?: boolean;
}

/** Adds `edit create | append | blank | import | export`. */
export function addEditCommand(program: Command, signal: AbortSignal): void {
  const edit = program
    .command('edit')
    .usage('-- <command> [options]')
    .description('make new Flows out of parts of others, by reference: no media is copied')
    .addHelpText('after', NOTES);
  addCreate(edit, signal);
  addAppend(edit, signal);
  addBlank(edit, signal);
  addImport(edit, signal);
  addExport(edit, signal);
}

const NOTES = `
Parts are given as <flow>@<timerange>, in quotes for the shell, or as <flow>
for all of it. They must be of one coding. Objects are used again, whole or in
part, with ts_offset; a player begins a part at its exact time if it can decode
from the key frame before.

Examples:
  npm run edit -- create --from '<flow>@[10:0_20:0)' --from '<flow>@[0:0_5:0)'
  npm run edit -- append <flow> --from '<other flow>@[7:0_9:0)'
  npm run edit -- blank <flow> --timerange '[12:0_14:0)' --with '<other flow>@[0:0_2:0)'
  npm run edit -- import cut.otio
  npm run edit -- export <flow> -o cut.otio`;

const collect = (value: string, before: string[] = []): string[] => [...before, value];
const PART = "a part: '<flow>@<timerange>'; may be given several times, in order";

function addCreate(edit: Command, signal: AbortSignal): void {
  const command = addCommand(edit, 'create', '', 'edit create')
    .description('a new Flow of parts, one behind the other, from 0:0 on')
    .requiredOption('--from <part>', PART, collect)
    .option('--label <label>', 'label of the new Flow', 'Edit');
  withCommonOptions(command).action((options: PartsOptions) =>
    run(options, async (warn) => {
      const { label = 'Edit' } = options;
      return createEdit(clientFor(options, signal), options.from.map(readPart), { label, warn });
    }),
  );
}

function addAppend(edit: Command, signal: AbortSignal): void {
  const command = addCommand(edit, 'append', '<flow>', 'edit append')
    .description('more parts behind the end of a Flow')
    .argument('<flow>', 'id of the Flow to add to')
    .requiredOption('--from <part>', PART, collect);
  withCommonOptions(command).action((flowId: string, options: PartsOptions) =>
    run(options, (warn) => appendToEdit(clientFor(options, signal), flowId, options.from.map(readPart), warn)),
  );
}

function addBlank(edit: Command, signal: AbortSignal): void {
  const command = addCommand(edit, 'blank', '<flow>', 'edit blank')
    .description('a new Flow like another, with a stretch empty or replaced; the other stays as it is')
    .argument('<flow>', 'id of the Flow')
    .requiredOption('--timerange <timerange>', 'the stretch')
    .option('--with <part>', 'what to put there; what is left of the stretch stays empty')
    .option('--label <label>', 'label of the new Flow', 'Edit');
  withCommonOptions(command).action((flowId: string, options: BlankOptions) =>
    run(options, async (warn) => {
      const { start, end } = readBounds(options.timerange);
      if (start === undefined || end === undefined) {
        throw new Failure('The stretch has no beginning or no end', { next: "Give both, like '[12:0_14:0)'." });
      }
      const replacement = options.with === undefined ? undefined : readPart(options.with);
      const { label = 'Edit' } = options;
      return blankStretch(clientFor(options, signal), flowId, { start, end }, replacement, { label, warn });
    }),
  );
}

function addImport(edit: Command, signal: AbortSignal): void {
  const command = addCommand(edit, 'import', '<file>', 'edit import')
    .description('new Flows of an OpenTimelineIO timeline whose clips refer to a TAMS')
    .argument('<file>', '.otio file')
    .option('--label <label>', 'label of the new Flow (default: the name of the timeline)');
  withCommonOptions(command).action((file: string, options: CommonOptions & { label?: string }) =>
    run(options, async (warn) => {
      const path = pathFromCaller(file);
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        throw new Failure(`${path} cannot be read`, { cause: error });
      });
      return importComposition(clientFor(options, signal), readComposition(file, text), { ...options, warn });
    }),
  );
}

function addExport(edit: Command, signal: AbortSignal): void {
  const command = addCommand(edit, 'export', '<flow>', 'edit export')
    .description('an OpenTimelineIO timeline of a Flow: clips of the Flows whose media it uses')
    .argument('<flow>', 'id of the Flow')
    .requiredOption('-o, --output <file>', '.otio file to write')
    .option('-f, --force', 'replace the file if it exists');
  withCommonOptions(command).action(async (flowId: string, options: ExportOptions) => {
    try {
      const path = pathFromCaller(options.output);
      refuseUnfitFile(path, options.force ?? false);
      const text = await exportComposition(clientFor(options, signal), flowId);
      await writeFileAtomically(path, bytesOf(text));
      if (options.json) console.log(JSON.stringify({ ok: true, flow_id: flowId, file: path }));
      else console.error(ticked(`Wrote ${path}`));
    } catch (error) {
      showFailure(error, options.json);
    }
  });
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

async function run(options: CommonOptions, work: (warn: (text: string) => void) => Promise<EditResult>): Promise<void> {
  const warnings: string[] = [];
  try {
    const result = await work((text) => {
      warnings.push(text);
      if (!options.json) console.error(warned(text));
    });
    console.log(options.json ? JSON.stringify({ ok: true, ...result, warnings }) : summaryOf(result));
  } catch (error) {
    showFailure(error, options.json);
  }
}

function summaryOf(result: EditResult): string {
  return [
    ticked(`Flow ${result.flow_id}: ${counted(result.segments, 'segment')} by reference, nothing copied`),
    `  Source     ${result.source_id}`,
    `  Timerange  ${result.timerange} (${readableSeconds(result.seconds)})`,
    '',
    'Try next:',
    `  npm run outgest -- ${result.flow_id} -o out.mp4`,
  ].join('\n');
}
