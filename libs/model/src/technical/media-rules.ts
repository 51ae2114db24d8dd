import { must, openObject, positiveInteger, truth } from '@tams/platform';
import { z } from 'zod';

/** MIME type as Flow metadata holds it (flow-technical.json): less strict than that of queries. */
export const codingMimeType = z
  .string(must('be a string'))
  .regex(/^[^\s/]+\/[^\s/]+$/, 'must be a MIME type, for example video/mp2t');

/** A ratio both of whose parts are given, such as 16/9. */
export const ratio = openObject({ numerator: positiveInteger, denominator: positiveInteger });

/** A ratio whose denominator is 1 unless given, such as 25 or 30000/1001. */
export const rate = openObject({
  numerator: positiveInteger,
  denominator: positiveInteger.optional().meta({ default: 1 }),
});

/** Whether the Flow's Media Objects need an initialisation segment (schemas/flow-*.json, `init_segments`). */
export const initSegments = truth.meta({
  description: 'Whether every Media Object of the Flow has an `init_object`; false unless given.',
});
