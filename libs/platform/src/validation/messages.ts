import { z } from 'zod';

/** What a JSON value of each type must be, by zod's name of the type. */
const kinds: Readonly<Record<string, string>> = {
  object: 'a JSON object',
  record: 'a JSON object',
  array: 'an array',
  tuple: 'an array',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

const forms: Readonly<Record<string, string>> = {
  datetime: 'a date and time (RFC 3339), for example 2026-01-05T09:00:00Z',
  url: 'an absolute URL',
  uuid: 'a UUID',
};

/** Says which rule a value breaks, in words for a client's developer, wherever a schema does not say it itself. */
export function inOurWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      if (typeof issue.input === 'number' && issue.expected === 'number') return 'must be a finite number';
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${oneOf(issue.values)}`;
    case 'too_big':
      return tooBig(issue.origin, String(issue.maximum), issue.inclusive !== false);
    case 'too_small':
      return tooSmall(issue.origin, String(issue.minimum), issue.inclusive !== false);
    case 'invalid_format':
      return forms[issue.format] === undefined ? 'does not have the required form' : `must be ${forms[issue.format]}`;
    case 'unrecognized_keys':
      return `must not have: ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message ?? 'is not allowed'}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is required' : 'has none of the allowed forms';
    case 'invalid_element':
    case 'custom':
    default:
      return 'is not valid';
  }
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
}

function tooBig(origin: string, maximum: string, inclusive: boolean): string {
  if (origin === 'string') return `must not be longer than ${maximum} characters`;
  if (origin === 'array') return `must not hold more than ${maximum} items`;
  return inclusive ? `must be at most ${maximum}` : `must be less than ${maximum}`;
}

function tooSmall(origin: string, minimum: string, inclusive: boolean): string {
  if (origin === 'string') return minimum === '1' ? 'must not be empty' : `must have at least ${minimum} characters`;
  if (origin === 'array') return `must hold at least ${minimum} item${minimum === '1' ? '' : 's'}`;
  return inclusive ? `must be at least ${minimum}` : `must be greater than ${minimum}`;
}

z.config({ customError: inOurWords });

/** Passes on what a schema that was tried inside another one's `transform` found, as it found it. */
export function forwardIssues(context: z.RefinementCtx, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) context.addIssue({ ...issue });
}
