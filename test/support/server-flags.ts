import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** V8's settings that `npm start` and the image give the server. */
export const serverFlags: readonly string[] =
  readFileSync(resolve(__dirname, '../../apps/tams-api/serve.sh'), 'utf8').match(/--[\w-]+=\d+/g) ?? [];
