import { writeFileSync } from 'node:fs';
import { readOptions } from '../bench/options';
import { loadSpecification, specificationAbsence } from '../contract/specification';
import { runKit } from './kit';
import { junitReport, textReport } from './report';

const USAGE = `Usage: npm run conformance -- --url <server> [--token <token>] [--specification <directory>] [--junit <file>]

Tries the rules of the TAMS API 8.2 on any server, from outside, with Flows, objects and webhooks of its own, which it deletes
afterwards. It changes nothing else, but the server must be one that may be written to.

  --url <server>               root of the API, for example https://tams.example.com/v8
  --token <token>              sent as Authorization: Bearer
  --basic <user:password>      sent as Authorization: Basic
  --specification <directory>  where TimeAddressableMediaStore.yaml lies, with its schemas (a checkout of bbc/tams: its api directory);
                               else TAMS_SPEC_DIR, else ../shared/tams-api-8.2
  --junit <file>               writes the report as JUnit XML too

Exit code: 0 every clause is kept or not offered, 1 some are broken, 2 it could not run.`;

const options = readOptions(USAGE, {
  url: { type: 'string' },
  token: { type: 'string' },
  basic: { type: 'string' },
  specification: { type: 'string' },
  junit: { type: 'string' },
  help: { type: 'boolean', default: false },
});

function authorization(): Record<string, string> {
  if (options.token !== undefined) return { authorization: `Bearer ${options.token}` };
  if (options.basic === undefined) return {};
  return { authorization: `Basic ${Buffer.from(options.basic).toString('base64')}` };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  if (options.url === undefined || !URL.canParse(options.url))
    fail(`--url must be the root of a TAMS API.\n\n${USAGE}`);
  const url = options.url.replace(/\/+$/, '');
  if (options.specification !== undefined) process.env['TAMS_SPEC_DIR'] = options.specification;
  const specification = loadSpecification();
  if (!specification)
    fail(`There is ${specificationAbsence()}. It is not part of this repository: name it by --specification.`);
  await fetch(`${url}/service`, { headers: authorization(), signal: AbortSignal.timeout(15_000) }).catch(
    (error: unknown) => {
      const { message, cause } = error as Error;
      fail(`${url}/service does not answer: ${Error.isError(cause) ? cause.message : message}`);
    },
  );
  console.log(`TAMS API ${specification.version} at ${url}\n`);
  const { verdicts, leftBehind } = await runKit({ url, headers: authorization(), specification });
  console.log(textReport(verdicts));
  if (options.junit !== undefined) writeFileSync(options.junit, junitReport(verdicts));
  for (const left of leftBehind) console.error(`Not deleted: ${left}`);
  process.exitCode = verdicts.some(({ outcome }) => outcome === 'broken') ? 1 : 0;
}

main().catch((error: unknown) => {
  fail(Error.isError(error) ? error.message : String(error));
});
