import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@tams/platform';
import { parse } from 'yaml';
import { z } from 'zod';
import { filesystemBackendType } from '../filesystem/filesystem-backend-type';
import type { BackendPlan, BackendType } from './backend-type';

/** Every kind of backend this server knows. A new kind is one line here. */
const backendTypes: readonly BackendType[] = [filesystemBackendType];

/** What there is when nothing is configured: the embedded object store in the data directory. */
const embeddedOnly = [{ type: 'filesystem', label: 'local', default_storage: true }];

const listOfBackends = z
  .array(z.looseObject({ type: z.string() }, 'must be a mapping with a `type`'), 'must be a list of storage backends')
  .min(1, 'must list at least one storage backend');

/**
 * Reads which backends to open: those of the file (YAML or JSON, a list), or the embedded one alone.
 * @throws {ConfigurationError} naming every mistake of the file
 */
export async function readBackendPlans(file: string | undefined): Promise<BackendPlan[]> {
  if (file === undefined) return plansFrom(embeddedOnly, 'embedded storage backend');
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError([`STORAGE_BACKENDS_FILE ${file} cannot be read: ${(error as Error).message}`]);
  }
  return plansFrom(content, `STORAGE_BACKENDS_FILE ${file}`);
}

function plansFrom(content: unknown, origin: string): BackendPlan[] {
  const list = listOfBackends.safeParse(content);
  if (!list.success) {
    throw new ConfigurationError(
      list.error.issues.map((issue) => `${origin}: ${issue.path.join('.')} ${issue.message}`),
    );
  }
  const mistakes: string[] = [];
  const plans: BackendPlan[] = [];
  list.data.forEach((entry, index) => {
    const plan = planOf(entry);
    if (isMistakes(plan)) mistakes.push(...plan.map((mistake) => `${origin}: backend ${index + 1}: ${mistake}`));
    else plans.push(plan);
  });
  mistakes.push(...clashesOf(plans).map((mistake) => `${origin}: ${mistake}`));
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  return plans;
}

function planOf({ type, ...settings }: { type: string }): BackendPlan | readonly string[] {
  const backendType = backendTypes.find((candidate) => candidate.type === type);
  return backendType?.plan(settings) ?? [`type must be one of ${backendTypes.map((known) => known.type).join(', ')}`];
}

function isMistakes(plan: BackendPlan | readonly string[]): plan is readonly string[] {
  return Array.isArray(plan);
}

function clashesOf(plans: readonly BackendPlan[]): string[] {
  const twice = (values: readonly (string | undefined)[]): Set<string> =>
    new Set(values.filter((value, index): value is string => value !== undefined && values.indexOf(value) !== index));
  const clashes = [
    ...[...twice(plans.map((plan) => plan.id))].map((id) => `two backends have the id ${id}`),
    ...[...twice(plans.map((plan) => plan.label))].map((label) => `two backends have the label ${label}`),
  ];
  if (plans.filter((plan) => plan.default_storage).length > 1)
    clashes.push('more than one backend has default_storage: true');
  if (plans.filter((plan) => plan.id === undefined).length > 1)
    clashes.push('every backend but one needs an id of its own');
  return clashes;
}
