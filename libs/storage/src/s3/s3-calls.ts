import { describeFailure, isAbsent, S3UnavailableError } from './s3.errors';

/** Hears how long each call to a store took, in seconds. */
export type S3Observer = (operation: string, durationSeconds: number) => void;

/** Runs calls to one store: measured, limited in time, failing with an error of ours. */
export class S3Calls {
  constructor(
    /** The backend in messages to operators. */
    private readonly name: string,
    private readonly observe: S3Observer | undefined,
  ) {}

  /**
   * Runs a call.
   * @param operation its name in S3, for metrics and messages
   * @param limitMilliseconds longest it may take, retries included; the signal then ends it
   * @throws {S3UnavailableError} when the store does not answer in time or refuses
   */
  async run<Result>(
    operation: string,
    limitMilliseconds: number | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<Result>,
  ): Promise<Result> {
    const started = performance.now();
    const deadline = new AbortController();
    const late = new Error(`no answer within ${limitMilliseconds ?? 0} ms`);
    const timer =
      limitMilliseconds === undefined
        ? undefined
        : setTimeout(() => {
            deadline.abort(late);
          }, limitMilliseconds);
    try {
      return await call(timer ? { abortSignal: deadline.signal } : {});
    } catch (error) {
      const reason = deadline.signal.aborted ? late.message : describeFailure(error);
      throw new S3UnavailableError(`${this.name}: ${operation} failed: ${reason}`, error);
    } finally {
      // Only the answer's beginning is limited: a download may take as long as it moves.
      clearTimeout(timer);
      this.observe?.(operation, (performance.now() - started) / 1000);
    }
  }

  /** Like {@link run}, with `undefined` when there is no such object. */
  async runIfPresent<Result>(
    operation: string,
    limitMilliseconds: number,
    call: (options: { abortSignal?: AbortSignal }) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.run(operation, limitMilliseconds, async (options) => {
      try {
        return await call(options);
      } catch (error) {
        if (isAbsent(error, operation.startsWith('Head'))) return undefined;
        throw error;
      }
    });
  }
}
