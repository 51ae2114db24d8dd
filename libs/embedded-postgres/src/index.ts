export { EmbeddedPostgres } from './embedded-postgres';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './embedded-postgres.errors';
export type { ProcessFigures } from './process-figures';
export { SupervisedPostgres } from './supervised-postgres';
export type { EmbeddedPostgresLog, EmbeddedPostgresLogLevel, EmbeddedPostgresOptions } from './embedded-postgres.types';
