import { OTHER } from '../metric-declaration';

// Labels that several metrics have, with the values they may take.

/** Route templates. */
export const endpoint = { boundedBy: 'the route templates of the API, such as /flows/{flowId}, and "unmatched"' };
/** Storage backends by id. */
export const storageBackend = { boundedBy: 'the configured storage backends, by id, and "uncontrolled"' };
/** Readers of gauges. */
export const gaugeSource = { boundedBy: 'the readers of gauges in the code, such as "store" and "jobs"' };
/** Job queues. */
export const queue = { boundedBy: 'the job queues of the server' };
/** Methods of HTTP. */
export const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', OTHER] as const;
/** How something ended. */
export const outcome = ['success', 'rejected', 'error'] as const;
/** Kinds of SQL statements. */
export const queryType = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', OTHER] as const;
/** What a statement was for. */
export const cause = ['request', 'background'] as const;
/** Content formats. */
export const contentFormat = ['video', 'audio', 'data', 'image', 'multi', OTHER] as const;
/** Content formats, and where there is none to tell. */
export const format = [...contentFormat, 'unknown'] as const;
/** How an attempt at a delivery ended. */
export const webhookOutcome = ['delivered', 'http-status', 'timeout', 'connection', 'target-refused'] as const;
/** What a reconciliation finds. */
export const findingKind = ['orphan', 'dangling', 'size-mismatch'] as const;
/** Calls to a storage backend. */
export const storeOperation = ['stat', 'read', 'write', 'delete', 'copy', 'check', OTHER] as const;

/** How an operation ended: `rejected` is the client's doing (a broken rule, nothing there), `error` is ours. */
export type Outcome = (typeof outcome)[number];

/** Content formats as labels write them: the last part of `urn:x-nmos:format:video`. */
export type FormatLabel = (typeof format)[number];
