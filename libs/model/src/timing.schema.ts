import { TIMERANGE_PATTERN, TimeRange, Timestamp, TIMESTAMP_PATTERN, TimingError } from '@tams/timing';
import { z } from 'zod';

/** Parses with `parse`, turning a {@link TimingError} into an issue of the field. */
function parsing<Value>(parse: (text: string) => Value) {
  return (text: string, context: z.RefinementCtx): Value => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TimingError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

/** A timerange (schemas/timerange.json), read into its value object. */
export const timeRange = z
  .string('must be a timerange in text, for example [0:0_10:0)')
  .meta({
    description: 'A timerange such as `[0:0_10:0)`; `_` is all of time, `()` none.',
    pattern: TIMERANGE_PATTERN.source,
    examples: ['[0:0_10:0)'],
  })
  .transform(parsing((text) => TimeRange.parse(text)));

/** A timestamp (schemas/timestamp.json), read into its value object. */
export const timestamp = z
  .string('must be a timestamp in text, for example 10:500000000')
  .meta({
    description: 'A timestamp, `seconds:nanoseconds`.',
    pattern: TIMESTAMP_PATTERN.source,
    examples: ['10:500000000'],
  })
  .transform(parsing((text) => Timestamp.parse(text)));

/** A text that is kept as the client wrote it, and what it means. */
export interface Written<Value> {
  readonly text: string;
  readonly value: Value;
}

/** Reads with `schema`, keeping the text. */
export function written<Schema extends z.ZodType<unknown, string>>(
  schema: Schema,
): z.ZodType<Written<z.output<Schema>>, string> {
  const anyText = z.string('must be a string').meta(schema.meta() ?? {});
  return anyText.transform((text, context): Written<z.output<Schema>> => {
    const result = schema.safeParse(text);
    if (result.success) return { text, value: result.data };
    for (const { message } of result.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}
