import 'reflect-metadata';
import { Configuration, Database, poolOf, SteadyClock } from '@tams/platform';
import { type RetentionItem, RetentionPreview, RetentionRepository, RetentionService } from '@tams/segments';
import { Command } from 'commander';
import { openApplication } from './maintenance/application';
import {
  MaintenanceError,
  type MaintenanceStore,
  openMaintenanceStore,
  UNSTEADY,
} from './maintenance/maintenance-store';
import { RetentionJson, type RetentionOutput, RetentionText } from './maintenance/retention-output';
import { exitCodes, runCommand } from './maintenance/run-command';

interface Options {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const notes = `
Deletes what has outlived its time, as the server does by itself every RETENTION_INTERVAL_SECONDS. Reads the same
environment variables as the server (docs/configuration.md). What goes:

  segments     of Flows with the tag segment_retention_offset: at the end of the segment (TAI) plus the offset
  flow         Flows with the tag flow_retention_offset: at the last change of metadata or segments plus the offset
  empty-flow   Flows without segments, EMPTY_FLOW_RETENTION_SECONDS after their last change, if that is set

Offsets are TAMS timestamps ("86400:0" is a day). Read-only Flows stay. --dry-run shows what goes now and what goes
when, and changes nothing.

Exit code: 0 done, 2 something failed.`;

async function retain(options: Options, signal: AbortSignal): Promise<number> {
  const configuration = new Configuration();
  const store = await openMaintenanceStore(configuration);
  try {
    const output: RetentionOutput = options.json ? new RetentionJson() : new RetentionText();
    output.begin(options.dryRun ?? false);
    const failures = options.dryRun
      ? await preview(configuration, store, output)
      : await carryOut(store, output, signal);
    output.end(failures);
    return failures > 0 ? exitCodes.failed : exitCodes.well;
  } finally {
    await store.close();
  }
}

async function preview(configuration: Configuration, store: MaintenanceStore, output: RetentionOutput): Promise<0> {
  const database = new Database(poolOf(store.dataSource));
  const now = await new SteadyClock(database).moment();
  if (!now) throw new MaintenanceError(UNSTEADY);
  const items = new RetentionPreview(database, new RetentionRepository(), configuration).items(now);
  for await (const item of items) output.item(item);
  return 0;
}

async function carryOut(store: MaintenanceStore, output: RetentionOutput, signal: AbortSignal): Promise<number> {
  const application = await openApplication(store.dataSource);
  try {
    const service = application.get(RetentionService, { strict: false });
    const { failures, held } = await service.run(signal, (item: RetentionItem) => {
      output.item(item);
    });
    if (held) throw new MaintenanceError(UNSTEADY);
    return failures;
  } finally {
    await application.close();
  }
}

const program = new Command('retention')
  .description('Delete Flows and Segments that have outlived their time')
  .option('--dry-run', 'only show what would go, and when')
  .option('--json', 'print one JSON document')
  .addHelpText('after', notes)
  .showHelpAfterError()
  .action((options: Options) => runCommand((signal) => retain(options, signal)));
void program.parseAsync();
