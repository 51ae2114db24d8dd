import { spawnSync } from 'node:child_process';

const installed = spawnSync('ffprobe', ['-version']).status === 0;

/** `it` where ffprobe is installed; elsewhere the test is counted as skipped, with the reason, never as passed. */
export function itWithFfprobe(title: string, test: jest.ProvidesCallback): void {
  if (installed) it(title, test);
  else it.skip(`${title} (skipped: ffprobe is not installed: node scripts/install-test-programs.mjs)`, test);
}
