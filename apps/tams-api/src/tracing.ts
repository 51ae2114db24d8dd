import { startTracing } from '@tams/telemetry';
import { version } from './version';

/** Imported before everything else, so that nothing is loaded untraced. */
export const tracing = startTracing(process.env, { name: 'tams-api', version });
