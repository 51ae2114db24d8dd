export { HealthModule } from './health.module';
export { type HealthReport, HealthService } from './health.service';
export { Readiness } from './readiness';
export { FORGOTTEN_AFTER_SECONDS, STALLED_AFTER_SECONDS } from './store-gauges';
