import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';

const ROOT = join(__dirname, '../..');

/** Names of attributes the current semantic conventions know and do not advise against. */
export function conventionalNames(): ReadonlySet<string> {
  const outdated = outdatedConstants();
  const names = Object.entries(conventions).filter(
    ([constant, value]) => constant.startsWith('ATTR_') && typeof value === 'string' && !outdated.has(constant),
  );
  return new Set(names.map(([, value]) => value as unknown as string));
}

/** Constants their documentation calls deprecated; at run time nothing says so. */
function outdatedConstants(): ReadonlySet<string> {
  const directory = dirname(require.resolve('@opentelemetry/semantic-conventions/incubating'));
  const text = ['stable', 'experimental']
    .map((kind) => readFileSync(join(directory, `${kind}_attributes.d.cts`), 'utf8'))
    .join('\n');
  const documented = [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*declare const (ATTR_\w+)/g)];
  return new Set(
    documented
      .filter(([, documentation]) => documentation?.includes('@deprecated'))
      .map(([, , constant]) => constant ?? ''),
  );
}

/** Names of our own: the rows of the table in docs/telemetry.md. */
export function ownNames(): ReadonlySet<string> {
  const text = readFileSync(join(ROOT, 'docs/telemetry.md'), 'utf8');
  return new Set([...text.matchAll(/^\| `(tams\.[a-z_.]+)` \|/gm)].map(([, name]) => name ?? ''));
}

/** What a file has that gives attributes to spans; in others, such texts are names of files and the like. */
const makesSpans = /@opentelemetry\/|\b(?:setAttributes?|withSpan|continueTrace|continueInCall|observeAwsCall)\(/;

/** Every text in the code of the libraries that is the name of an attribute, by its look, with the files it stands in. */
export function namesInCode(): ReadonlyMap<string, readonly string[]> {
  const namespaces = new Set(['tams', ...[...conventionalNames()].map((name) => name.split('.', 1)[0])]);
  const found = new Map<string, string[]>();
  for (const file of sources(join(ROOT, 'libs'))) {
    const code = readFileSync(file, 'utf8');
    if (!makesSpans.test(code)) continue;
    // The first argument of a call is the name of something else (an operation), unless it sets an attribute.
    const texts = code.matchAll(/(?:(?<=setAttribute\()|(?<!\())'([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)'/g);
    for (const [, name = ''] of texts) {
      if (namespaces.has(name.split('.', 1)[0])) found.set(name, [...(found.get(name) ?? []), relative(ROOT, file)]);
    }
  }
  return found;
}

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(directory, name));
}
