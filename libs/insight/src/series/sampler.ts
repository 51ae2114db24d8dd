import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MeasuredProcess } from './process-use';
import { readings } from './readings';
import { RouteMemory } from './route-memory';
import { SeriesMemory, STEP_SECONDS } from './series-memory';

/** Looks at the counters every {@link STEP_SECONDS}; one look takes about a millisecond. */
@Injectable()
export class Sampler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly measured = new MeasuredProcess();
  readonly series = new SeriesMemory(readings(this.measured));
  readonly routes = new RouteMemory();
  private timer: NodeJS.Timeout | undefined;

  onApplicationBootstrap(): void {
    this.measured.start();
    this.look();
    this.timer = setInterval(() => {
      this.look();
    }, STEP_SECONDS * 1000);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.measured.stop();
  }

  /** Takes a point now. */
  look(): void {
    const seconds = performance.now() / 1000;
    this.series.look(seconds);
    this.routes.look(seconds);
  }
}
