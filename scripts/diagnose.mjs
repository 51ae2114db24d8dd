// `npm run diagnose -- [options]`: all that a running server knows of itself, as one archive without secrets.
import { writeFileSync } from 'node:fs';
import { readOptions, refuse } from './options.mjs';
import { serverOf, serverOptions, serverUsage } from './server-access.mjs';

const usage = `Usage: npm run diagnose -- [options]

Fetches all that a running server knows of itself as one archive (tar.gz) to attach to a report: the last hour's figures, failures, slow
work, what goes on now, settings that differ from their defaults, metrics, the last lines of the log. No secrets. Needs the scope admin.
${serverUsage}
  -o FILE            where to (default tams-diagnosis-<time>.tar.gz)`;

const { values } = readOptions(usage, { ...serverOptions, output: { type: 'string', short: 'o' } });
const server = serverOf(values, usage);
const file = values.output ?? `tams-diagnosis-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}.tar.gz`;
const PATIENCE_MS = 30_000;

const answer = await server.get('/insight/diagnosis', 'application/gzip', PATIENCE_MS).catch((error) => {
  refuse(`No server answers at ${server.url} (${error.cause?.code ?? error.message})`, usage);
});
if (!answer.ok) {
  const { detail } = await answer.json().catch(() => ({}));
  refuse(`${server.url}/insight/diagnosis: ${answer.status} ${detail ?? ''}`, usage);
}
writeFileSync(file, Buffer.from(await answer.arrayBuffer()), { mode: 0o600 });
console.log(file);
