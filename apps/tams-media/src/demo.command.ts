import type { Command } from 'commander';
import {
  addCommand,
  clientFor,
  pathFromCaller,
  showFailure,
  withCommonOptions,
  type CommonOptions,
} from './command-options';
import { runDemo } from './demo';

const SAMPLE = 'apps/tams-media/sample/playlist.m3u8';

/** Adds `demo [media]`. */
export function addDemoCommand(program: Command, signal: AbortSignal): void {
  const command = addCommand(program, 'demo', '[media]')
    .description('go the whole way against a running server: media in, by time, and out again')
    .argument('[media]', `what to ingest (default: the sample, ${SAMPLE})`);
  withCommonOptions(command).action(async (media: string | undefined, options: CommonOptions) => {
    try {
      const say = options.json
        ? (): void => undefined
        : (line: string): void => {
            console.log(line);
          };
      const result = await runDemo(
        clientFor(options, signal),
        media === undefined ? SAMPLE : pathFromCaller(media),
        say,
      );
      if (options.json) console.log(JSON.stringify({ ok: true, ...result }));
    } catch (error) {
      showFailure(error, options.json);
    }
  });
}
