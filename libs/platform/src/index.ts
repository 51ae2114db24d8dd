export { Batcher, type BatchLimits } from './concurrency/batcher';
export { type BatchPace, inBatches } from './concurrency/in-batches';
export { Semaphore } from './concurrency/semaphore';
export { Configuration, ConfigurationError } from './configuration/configuration';
export type { ChangedSetting } from './configuration/changed-settings';
export { environmentSchema } from './configuration/configuration.schema';
export type { WebhookSettings } from './configuration/webhook-settings';
export {
  type AuthenticationMode,
  type ClassGrant,
  type ClassRight,
  classRights,
  type ClassSettings,
  isSecureOrLoopback,
  type OpenPath,
  type Right,
  rights,
  type SecurityConfiguration,
} from './configuration/security.schema';
export {
  connect,
  createDataSource,
  DatabaseUnreachableError,
  migrate,
  NewerDatabaseError,
  refuseNewerDatabase,
  appliedMigrations,
  pendingMigrations,
  poolOf,
  type DataSourceOptions,
  type Migration,
} from './database/data-source';
export { requireUsable, UnusableDatabaseError } from './database/database-check';
export { afterCommit, type Connection, Database, type Row } from './database/database';
export { ReadDatabase } from './database/read-database';
export { ReservedConnection } from './database/reserved-connection';
export { SteadyClock } from './database/steady-clock';
export { prepared } from './database/prepared';
export { arrayPlacesOf, placesOf, valuesOf } from './database/row-values';
export { untilDecided } from './database/until-decided';
export * from './errors/domain-error';
export { InternalError, toDomainError } from './errors/error-translation';
export { listed } from './errors/listed';
export { PROBLEM_MEDIA_TYPE, type Problem, problemOf, statusOf } from './errors/problem';
export { AllowedMethods, MethodNotAllowedError, type Route } from './http/allowed-methods';
export { Answer } from './http/answer';
export { BaseUrl, baseUrlOf, OwnBaseUrl } from './http/base-url';
export { headersOfEarlyErrors } from './http/early-headers';
export { createHttpAdapter } from './http/http-adapter';
export { JsonText } from './http/json-text';
export { PushedStream } from './http/pushed-stream';
export { ProblemFilter, sendProblem } from './http/problem.filter';
export { fieldErrors, ValidationPipe } from './http/validation.pipe';
export * from './jobs';
export { AddressPolicy } from './network/address-policy';
export { HostResolver } from './network/host-resolver';
export { AddressRefusedError, pinnedLookup } from './network/pinned-lookup';
export { PAGE_BYTES, withPageMemory } from './paging/page-memory';
export { decodeCursor, encodeCursor } from './paging/cursor';
export { DEFAULT_PAGE_LIMIT, MAXIMUM_PAGE_LIMIT, Page, type PageDetails } from './paging/page';
export { pagingQuery, queryBoolean, queryInteger, queryLimit } from './paging/paging.schema';
export { PlatformModule } from './platform.module';
export { Parameters } from './database/parameters';
export * from './validation/rules';
export { dateTime } from './validation/date-time';
export { DocumentLimit, DocumentTooLargeError } from './validation/document-limit';
export { forwardIssues } from './validation/messages';
export {
  alphabetical,
  keysetClauses,
  newestFirst,
  type Ordering,
  pageOf,
  type PageRequest,
  withinPageBytes,
} from './paging/keyset';
export { documentedAs } from './openapi/json-schema';
export { openApiDocument } from './openapi/openapi-document';
export type { Access } from './http/access';
export { type Example, Operation, type OperationOptions, type SuccessAnswer } from './openapi/operation';
export type { ParameterDescription, ParameterVocabulary } from './openapi/parameter-vocabulary';
export { MALFORMED_ID } from './openapi/problem-examples';
export { problemSchema } from './openapi/problem.schema';
