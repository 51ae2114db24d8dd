import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** Most bytes of an answer that are read, and thrown away: a connection is only used again once its answer is read. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

/** What an answer says that matters to a sender. */
export interface Answer {
  readonly statusCode: number;
  /** The header `Retry-After`; a list when it came more than once. */
  readonly retryAfter: string | string[] | undefined;
}

/**
 * One request given to undici, until the end of its answer. It takes what the parser says as it comes: a stream for a body
 * nobody reads and a signal for each message made more garbage than everything else about a delivery, and collecting it
 * held up the requests of clients.
 */
export class OutgoingExchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private givenUp: Error | undefined;
  private received: Answer | undefined;
  private bytes = 0;
  private readonly outcome = Promise.withResolvers<Answer>();
  /** Settles once: with the status as soon as all that is wanted of the answer has been read, else with what went wrong. */
  readonly answer = this.outcome.promise;

  /** Ends it now, whatever it waits for. */
  giveUp(reason: Error): void {
    this.givenUp = reason;
    this.controller?.abort(reason);
    this.breakOff(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.givenUp) controller.abort(this.givenUp);
    else this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    // 1xx announces the answer.
    if (statusCode >= 200) this.received = { statusCode, retryAfter: headers['retry-after'] };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > LONGEST_ANSWER_BYTES) controller.abort(new Error('The answer is longer than anybody reads.'));
  }

  onResponseEnd(): void {
    // Always there: what ends has begun.
    if (this.received) this.outcome.resolve(this.received);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.breakOff(error);
  }

  /** The status has told all there is to know; an answer that breaks off or never ends changes nothing. */
  private breakOff(error: Error): void {
    if (this.received) this.outcome.resolve(this.received);
    else this.outcome.reject(error);
  }
}
