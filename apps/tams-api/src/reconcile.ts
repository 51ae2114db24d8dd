import 'reflect-metadata';
import { type BackendReport, type Finding, Reconciliation, ReconciliationRepository } from '@tams/objects';
import { Configuration, Database, poolOf, SteadyClock } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { Command, InvalidArgumentError } from 'commander';
import { MaintenanceError, openMaintenanceStore, UNSTEADY } from './maintenance/maintenance-store';
import { ReconcileJson, type ReconcileOutput, ReconcileText } from './maintenance/reconcile-output';
import { exitCodes, runCommand } from './maintenance/run-command';

interface Options {
  readonly fix?: boolean;
  readonly acceptLoss?: boolean;
  readonly json?: boolean;
  readonly minimumAge?: number;
}

const notes = `
Compares the index with what the storage backends hold, while the server runs or not. Reads the same environment
variables as the server (docs/configuration.md). Finds:

  orphan         bytes that the index does not know               --fix deletes them
  dangling       a registered object whose bytes are not there    --fix stops advertising the instance
  size-mismatch  another size than the index says                 --fix corrects the index

Segments are never deleted. After restoring an older backup of the database, do not use --fix: media registered
since then would be orphans.

Exit code: 0 all is well, or was repaired; 1 something was found; 2 a backend or the whole command failed.`;

async function reconcile(options: Options, signal: AbortSignal): Promise<number> {
  const configuration = new Configuration();
  const store = await openMaintenanceStore(configuration);
  try {
    const database = new Database(poolOf(store.dataSource));
    if (options.fix && !(await new SteadyClock(database).moment())) throw new MaintenanceError(UNSTEADY);
    const backends = await StorageBackends.open({ configuration, database });
    const output: ReconcileOutput = options.json ? new ReconcileJson() : new ReconcileText();
    output.begin(options.fix ?? false);
    const reports = await new Reconciliation(database, new ReconciliationRepository(), backends).run({
      repair: options.fix ?? false,
      abandonUploads: options.fix ?? false,
      acceptLoss: options.acceptLoss ?? false,
      minimumAgeSeconds: options.minimumAge ?? configuration.reconciliation.minimumAgeSeconds,
      signal,
      onBackend: (backend, expected) => {
        output.backend(backend, expected);
      },
      onProgress: (objects) => {
        output.progress(objects);
      },
      onFinding: (finding: Finding) => {
        output.finding(finding);
      },
    });
    output.end(reports);
    return exitCodeOf(reports);
  } finally {
    await store.close();
  }
}

function exitCodeOf(reports: readonly BackendReport[]): number {
  if (reports.some(({ problem }) => problem !== undefined)) return exitCodes.failed;
  const open = reports.some((report) => report.orphans + report.dangling + report.size_mismatches > report.repaired);
  return open ? exitCodes.findings : exitCodes.well;
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number of seconds.');
}

const program = new Command('reconcile')
  .description('Compare index and storage backends')
  .option('--fix', 'repair what is found')
  .option(
    '--accept-loss',
    'with --fix: repair although more than a tenth of the objects (and more than 10) are not there',
  )
  .option('--json', 'print the whole report as one JSON document')
  .option('--minimum-age <seconds>', 'age below which nothing counts (default RECONCILE_MINIMUM_AGE_SECONDS)', seconds)
  .addHelpText('after', notes)
  .showHelpAfterError()
  .action(async (options: Options) => {
    if (options.fix && options.minimumAge === 0) program.error('--fix needs a --minimum-age of at least 1 second.');
    await runCommand((signal) => reconcile(options, signal));
  });
void program.parseAsync();
