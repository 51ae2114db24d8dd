import { metrics } from './metrics/metrics';

/** How a side channel is doing, for `/health`. */
export interface SideChannelStatus {
  /** Lines that were lost since the process began. */
  readonly lostLines: number;
  /** Why the last line could not be written; absent when it could. */
  readonly problem?: string;
}

/**
 * Where lines leave the server beside its answers: the log, the audit log. What goes wrong there is noted here, and is
 * never thrown: it must neither end the process nor decide an answer.
 */
export class SideChannel {
  private lostLines = 0;
  private lostInThisFailure = 0;
  private problem: string | undefined;
  private readonly lost: { add(count?: number): void };

  /**
   * @param sink label of `tams_log_lines_lost_total`
   * @param recovered told once when lines can be written again, with how many were lost meanwhile
   */
  constructor(
    sink: 'log' | 'audit',
    private readonly recovered: (lostLines: number) => void,
  ) {
    this.lost = metrics.logLinesLost.series({ sink });
  }

  get status(): SideChannelStatus {
    return { lostLines: this.lostLines, ...(this.problem !== undefined && { problem: this.problem }) };
  }

  /** Lines could not be written; they may still be, when somebody keeps them. */
  failed(error: unknown): void {
    this.problem = Error.isError(error) ? error.message : String(error);
  }

  /** A line is lost for good. */
  lose(): void {
    this.lostLines += 1;
    this.lostInThisFailure += 1;
    this.lost.add();
  }

  /** A line was written. */
  worked(): void {
    if (this.problem === undefined) return;
    this.problem = undefined;
    const lines = this.lostInThisFailure;
    this.lostInThisFailure = 0;
    this.recovered(lines);
  }
}
