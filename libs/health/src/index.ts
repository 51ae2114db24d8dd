export { HealthModule } from './health.module';
export { type HealthReport, HealthService } from './health.service';
export { Readiness } from './readiness';
