import { type Configuration, ConfigurationError } from '@tams/platform';
import { loggerFor } from '@tams/telemetry';
import { z } from 'zod';
import { filesystemBackendType } from '../filesystem/filesystem-backend-type';
import { s3BackendType } from '../s3/s3-backend-type';
import type { BackendPlan, BackendType } from './backend-type';
import { type Mistake, readStorageBackendsFile } from './storage-backends-file';

/** Every kind of backend this server knows. A new kind is one line here. */
const backendTypes: readonly BackendType[] = [filesystemBackendType, s3BackendType];

/** What there is when nothing is configured: the embedded object store in the data directory. */
const embeddedBackend = { type: 'filesystem', label: 'local', default_storage: true };

const entry = z.looseObject({ type: z.string('must be a text') }, 'must be a mapping with a `type`');
const listOfBackends = z.array(entry, 'must be a list of storage backends').min(1, 'must list at least one');

type Entry = z.output<typeof entry>;

/**
 * Reads which backends to open: those of `STORAGE_BACKENDS_FILE`, or the one of the `S3_` variables, or the embedded one.
 * @throws {ConfigurationError} naming every mistake
 */
export async function readBackendPlans(
  configuration: Pick<Configuration, 'storageBackendsFile' | 's3'>,
): Promise<BackendPlan[]> {
  const { storageBackendsFile, s3 } = configuration;
  if (storageBackendsFile !== undefined) {
    const file = await readStorageBackendsFile(storageBackendsFile);
    const describe = (mistake: Mistake): string => file.describe(mistake);
    const plans = plansFrom(file.content, describe);
    warnOfSecrets(file.content as readonly Entry[], describe);
    return plans;
  }
  if (s3) {
    const settings = { type: 's3', default_storage: true, ...s3 };
    return plansFrom([settings], ({ path, message }) => `S3_${String(path[1]).toUpperCase()} ${message}`);
  }
  return plansFrom([embeddedBackend], ({ message }) => message);
}

function plansFrom(content: unknown, describe: (mistake: Mistake) => string): BackendPlan[] {
  const list = listOfBackends.safeParse(content);
  if (!list.success) throw new ConfigurationError(mistakesOf(list.error, []).map(describe));
  const plans = list.data.map(planOf);
  const mistakes = [...plans.flat().filter((plan) => 'message' in plan), ...clashesOf(list.data)];
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.map(describe));
  return plans.flat().filter((plan) => 'open' in plan);
}

function planOf({ type, ...settings }: Entry, index: number): BackendPlan | readonly Mistake[] {
  const backendType = backendTypes.find((candidate) => candidate.type === type);
  if (!backendType) {
    const known = backendTypes.map((candidate) => candidate.type).join(' or ');
    return [{ path: [index, 'type'], message: `must be ${known}, not ${type}` }];
  }
  const plan = backendType.plan(settings);
  return plan instanceof z.ZodError ? mistakesOf(plan, [index]) : plan;
}

function mistakesOf(error: z.ZodError, root: readonly number[]): Mistake[] {
  return error.issues.flatMap((issue) => {
    const path = [...root, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a setting of this type' }));
  });
}

/** What is right in each backend but not in all together. */
function clashesOf(entries: readonly Entry[]): Mistake[] {
  const taken = (name: string): Mistake[] =>
    entries.flatMap((settings, index) => {
      const value = settings[name];
      const first = entries.findIndex((other) => other[name] === value);
      if (value === undefined || first === index) return [];
      return [{ path: [index, name], message: `is the ${name} of [${first}] already` }];
    });
  const afterFirst = (name: string, message: string, applies: (settings: Entry) => boolean): Mistake[] =>
    entries.flatMap((settings, index) => (applies(settings) ? [{ path: [index, name], message }] : [])).slice(1);
  return [
    ...taken('id'),
    ...taken('label'),
    ...afterFirst('default_storage', 'is true for another backend already', (it) => it['default_storage'] === true),
    ...afterFirst('id', 'is needed: only one backend may go without', (it) => it['id'] === undefined),
  ];
}

function warnOfSecrets(entries: readonly Entry[], describe: (mistake: Mistake) => string): void {
  entries.forEach((settings, index) => {
    const secret = settings['secret_access_key'];
    if (typeof secret !== 'string' || secret.startsWith('env:')) return;
    const message = 'stands in the file for everyone who can read it; write env:NAME to take it from the environment';
    loggerFor('StorageBackends').warn(describe({ path: [index, 'secret_access_key'], message }));
  });
}
