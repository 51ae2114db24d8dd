/** Problem details of the server (RFC 9457), as far as people see them. */
export interface ProblemDetails {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly correlation_id?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** A request the server refused, in its own words. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    readonly problem: ProblemDetails,
  ) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
  }

  /** Last part of the problem's type, for example `segment-overlap`. */
  get code(): string {
    return this.problem.type?.split(':').at(-1) ?? '';
  }
}

/** The server, or the storage it sent us to, did not answer at all. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(cause: unknown, message = 'The server did not answer. It may be restarting, or the network is away.') {
    super(message, { cause });
  }
}

/** Reads why a request was refused. */
export async function problemOf(answer: Response): Promise<ProblemError> {
  const type = answer.headers.get('content-type') ?? '';
  if (type.includes('json')) return new ProblemError(answer.status, (await answer.json()) as ProblemDetails);
  return new ProblemError(answer.status, { title: answer.statusText });
}
