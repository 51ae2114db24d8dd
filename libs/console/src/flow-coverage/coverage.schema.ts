import { timeRange, uuid } from '@tams/model';
import { queryInteger } from '@tams/platform';
import { z } from 'zod';

/** Stretches a window is divided in unless the client says otherwise, and at most. */
const DEFAULT_RESOLUTION = 500;
export const MAXIMUM_RESOLUTION = 4000;

/** Query of GET /console/api/flows/{flowId}/coverage. */
export const coverageQuery = z.looseObject({
  timerange: timeRange
    .optional()
    .meta({ description: 'The window to look at; the whole extent of the Flow unless given.' }),
  resolution: queryInteger
    .refine((value) => value >= 1 && value <= MAXIMUM_RESOLUTION, `must be from 1 to ${MAXIMUM_RESOLUTION}`)
    .default(DEFAULT_RESOLUTION)
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: MAXIMUM_RESOLUTION,
      description: 'Stretches the window is divided in: as many as a picture of it has pixels.',
    }),
});
export type CoverageQuery = z.output<typeof coverageQuery>;

/** Where the segments of a Flow lie within a window. */
export const coverage = z
  .object({
    flow_id: uuid,
    timerange: z.string().meta({ description: 'The window.' }),
    extent: z
      .string()
      .optional()
      .meta({ description: 'Of the whole Flow: from the start of its first to the end of its last segment.' }),
    segment_count: z.int().meta({ description: 'Of the whole Flow.' }),
    hole_seconds: z.number().optional().meta({ description: 'How much of the whole extent no segment covers.' }),
    step: z.string().meta({ description: 'How long a stretch is, as `seconds:nanoseconds`.' }),
    exact: z.boolean().meta({
      description:
        'Whether every segment of the window was looked at. If not, the density of a stretch was found by looking at a few places in it.',
    }),
    runs: z
      .array(
        z.object({
          start: z.string().meta({ description: 'A timestamp, `seconds:nanoseconds`.' }),
          end: z.string(),
          density: z
            .number()
            .meta({ description: 'How much of it segments cover: more than 0, and 1 when there is no hole.' }),
        }),
      )
      .meta({ description: 'In order; what lies between two is empty. Not more than the resolution.' }),
  })
  .meta({ id: 'FlowCoverage' });
export type Coverage = z.output<typeof coverage>;
