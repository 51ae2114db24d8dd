import { Injectable } from '@nestjs/common';
import { ValidationError } from '@tams/platform';
import type { RouteFigures } from './route-memory';
import { Sampler } from './sampler';
import { MINUTE_SECONDS, STEP_SECONDS } from './series-memory';
import type { SeriesAnswer, SeriesQuery } from './series.schema';

/** Figures over time. */
@Injectable()
export class SeriesService {
  constructor(private readonly sampler: Sampler) {}

  /** @throws {ValidationError} naming a figure that there is not */
  series({ window, names }: SeriesQuery): SeriesAnswer {
    const known = this.sampler.series.names;
    const strange = names?.find((name) => !known.includes(name));
    if (strange !== undefined)
      throw new ValidationError([
        { path: 'query.names', message: `has no figure ${strange}; there are ${known.join(', ')}` },
      ]);
    return {
      at: new Date().toISOString(),
      step_seconds: window === 'hour' ? STEP_SECONDS : MINUTE_SECONDS,
      series: this.sampler.series.points(window, names),
    };
  }

  /** How every route did in the last hour. */
  routes(): RouteFigures[] {
    return this.sampler.routes.figures();
  }
}
