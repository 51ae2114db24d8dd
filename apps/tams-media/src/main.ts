import { Command } from 'commander';
import { addDemoCommand } from './demo.command';
import { addEditCommand } from './edit.command';
import { Failure } from '@tams/media';
import { addIngestCommand } from './ingest.command';
import { addOutgestCommand } from './outgest.command';

/** Runs the command line; everything it starts ends with the first Ctrl-C, the second one ends the process at once. */
async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort(new Failure('Interrupted'));
    });
  }
  const program = new Command('npm run').description('Real media into and out of a TAMS server').showHelpAfterError();
  addIngestCommand(program, interruption.signal);
  addOutgestCommand(program, interruption.signal);
  addEditCommand(program, interruption.signal);
  addDemoCommand(program, interruption.signal);
  await program.parseAsync();
}

void main();
