/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- what zod infers is the type */
import { z } from 'zod';

/** Makes an empty environment variable the same as an absent one, as shells and compose files write it. */
export const emptyIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value);

/** Any text; absent when empty. */
export const text = () => z.preprocess(emptyIsAbsent, z.string().optional());

/** A whole number within bounds. */
export const integer = (fallback: number, minimum: number, maximum: number) =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .regex(/^\d+$/, 'must be a whole number')
      .transform(Number)
      .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
      .default(fallback),
  );

/** A whole number within bounds, or absent. */
export const optionalInteger = (minimum: number, maximum: number) =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .regex(/^\d+$/, 'must be a whole number')
      .transform(Number)
      .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
      .optional(),
  );

/** One of a few words. */
export const choice = <const T extends readonly [string, ...string[]]>(fallback: T[number], values: T) =>
  z.preprocess(emptyIsAbsent, z.enum(values, `must be one of ${values.join(', ')}`).default(fallback as never));

/** `true` or `false`, or absent. */
export const optionalBoolean = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .enum(['true', 'false'], 'must be true or false')
      .transform((value) => value === 'true')
      .optional(),
  );

/** An http or https URL without slashes at its end, or absent. */
export const httpUrl = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .transform((url) => url.replace(/(?<!\/)\/+$/, ''))
      .optional(),
  );

/** A comma list. */
export const list = (fallback: string) =>
  z.preprocess(
    emptyIsAbsent,
    z
      .string()
      .default(fallback)
      .transform((text) => text.split(',').map((item) => item.trim()))
      .transform((items) => items.filter((item) => item !== '')),
  );

/** A comma list of some of a few words. */
export const choices = <const T extends readonly [string, ...string[]]>(fallback: string, values: T) =>
  list(fallback).pipe(z.array(z.enum(values, `must be a comma list of ${values.join(', ')}`)));

/** `true` or `false`; `false` when absent. */
export const flag = () =>
  z.preprocess(
    emptyIsAbsent,
    z
      .enum(['true', 'false'], 'must be true or false')
      .default('false')
      .transform((value) => value === 'true'),
  );
