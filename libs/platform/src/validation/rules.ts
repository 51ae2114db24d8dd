import { z } from 'zod';
import './messages';

/** Parameters of a zod schema that say which rule was broken. */
interface Rule {
  readonly error: (issue: { code?: string; input?: unknown; keys?: readonly string[] }) => string | undefined;
}

/**
 * The rule a schema stands for; what is absent `is required`, what an object must not have is named, and a number out of
 * range is told the range (by `messages.ts`).
 */
export function must(rule: string): Rule {
  return {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return `must not have: ${(issue.keys ?? []).join(', ')}`;
      if (issue.code === 'too_big' || issue.code === 'too_small') return undefined;
      return issue.input === undefined ? 'is required' : `must ${rule}`;
    },
  };
}

/** A whole number of either sign, kept exactly by JSON, JavaScript and PostgreSQL. */
export const anyInteger = z.int(must('be a whole number'));

/** A whole number of at least 0. */
export const naturalNumber = anyInteger.nonnegative('must not be negative');

/** A whole number of at least 1. */
export const positiveInteger = anyInteger.positive('must be greater than 0');

export const truth = z.boolean(must('be true or false'));

/** One of a list of words. */
export function oneOf<const Values extends readonly [string, ...string[]]>(
  ...values: Values
): z.ZodEnum<{ [Value in Values[number]]: Value }> {
  return z.enum(values, must(`be one of ${values.join(', ')}`));
}

/** An object of which only the named properties are checked; others are kept. */
export function openObject<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  return z.looseObject(shape, must('be an object'));
}

/** An object that has no properties but the named ones. */
export function closedObject<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, must('be an object'));
}
