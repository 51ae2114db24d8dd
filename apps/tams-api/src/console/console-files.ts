import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The compiled page, as Vite left it. */
export interface ConsoleFiles {
  /** Directory of the hashed scripts, styles and pictures. */
  readonly assets: string;
  /** `index.html` with its placeholders. */
  readonly page: string;
}

/**
 * Finds the compiled page beside the server, whether the server runs compiled, from its sources or in the image.
 * @returns `undefined` when it was never built
 */
export function findConsoleFiles(from = __dirname): ConsoleFiles | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const built = join(directory, 'dist/apps/tams-console');
    const index = join(built, 'index.html');
    if (existsSync(index)) return { assets: join(built, 'assets'), page: readFileSync(index, 'utf8') };
    if (directory === dirname(directory)) return undefined;
  }
}
