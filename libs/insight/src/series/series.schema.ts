import { z } from 'zod';

const seconds = (help: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${help}, in seconds.` });

/** Which points. */
export const seriesQuery = z.object({
  window: z
    .enum(['hour', 'day'])
    .default('hour')
    .meta({ description: 'Every 5 s of an hour, or every minute of a day.' }),
  names: z
    .string()
    .max(2000)
    .optional()
    .transform((text) => text?.split(',').map((name) => name.trim()))
    .meta({ description: 'Comma list of figures; all when absent.' }),
});
export type SeriesQuery = z.output<typeof seriesQuery>;

/** Figures over time. */
export const seriesAnswer = z
  .object({
    at: z.iso
      .datetime()
      .meta({ description: 'When it was answered; the last point of each series is at most a step old.' }),
    step_seconds: z.int(),
    series: z.array(
      z.object({
        name: z.string(),
        unit: z.string(),
        help: z.string(),
        points: z.array(z.number().nullable()).meta({ description: 'Oldest first; null where nothing was measured.' }),
      }),
    ),
  })
  .meta({ id: 'InsightSeries' });
export type SeriesAnswer = z.output<typeof seriesAnswer>;

/** Routes of the last hour. */
export const routesAnswer = z
  .object({
    items: z.array(
      z.object({
        method: z.string(),
        route: z.string(),
        requests: z.int(),
        rejected: z.int(),
        errors: z.int(),
        p50: seconds('Half of the successful requests took less'),
        p95: seconds('95 % took less'),
        p99: seconds('99 % took less'),
      }),
    ),
  })
  .meta({ id: 'InsightRoutes' });
export type RoutesAnswer = z.output<typeof routesAnswer>;
