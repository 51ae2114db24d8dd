import { createParser } from 'eventsource-parser';
import { send } from '../api/client';
import { pause } from '../api/pause';
import { ProblemError } from '../api/problem';
import { apiAddress } from '../session/settings';

/** One message of the server's event stream. */
export interface StreamMessage {
  /** `flows/updated`, `stream/ready`, ... */
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

/** What a reader of the stream tells. */
export interface StreamListener {
  readonly onMessage: (message: StreamMessage) => void;
  /** The connection is gone. */
  readonly onAway: () => void;
}

/** Wait after a connection that ended in order, in milliseconds, until the server says another. */
const FIRST_WAIT = 1_000;
/** Longest wait between attempts while the server is away. */
const LONGEST_WAIT = 15_000;
/** The server sends something at least every 15 seconds; a connection that is silent for longer is dead. */
const MOST_SILENCE = 45_000;

/**
 * Reads `GET /service/events` for as long as wanted: over ends of the stream, restarts of the server and absences of the
 * network, going on after the last message it saw. By `fetch`, because an `EventSource` cannot send credentials.
 */
export class EventReader {
  private lastId = '';
  private wait = FIRST_WAIT;
  private failures = 0;

  constructor(private readonly listener: StreamListener) {}

  /** Reads until it is aborted, or a refusal says that it is of no use to ask again. */
  async read(signal: AbortSignal): Promise<void> {
    for (;;) {
      const failure = await this.readOnce(signal).catch((error: unknown) => error);
      if (signal.aborted) return;
      this.listener.onAway();
      if (failure instanceof ProblemError && !this.mayRecover(failure)) return;
      this.failures = failure === undefined ? 0 : this.failures + 1;
      await pause(Math.min(this.wait * 1.6 ** this.failures, LONGEST_WAIT), signal);
    }
  }

  /** Whether a refusal may be none the next time. */
  private mayRecover({ status }: ProblemError): boolean {
    // A position of another store: begin anew.
    if (status === 400 && this.lastId !== '') {
      this.lastId = '';
      return true;
    }
    return status >= 500 || status === 429;
  }

  private async readOnce(signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const headers = { Accept: 'text/event-stream', ...(this.lastId !== '' && { 'Last-Event-ID': this.lastId }) };
    const answer = await send(
      new Request(`${apiAddress}/service/events`, { headers, signal: AbortSignal.any([signal, silence.signal]) }),
    );
    if (!answer.body) return;
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (id !== undefined) this.lastId = id;
        this.failures = 0;
        this.listener.onMessage({ type: event ?? 'message', data });
      },
      onRetry: (milliseconds) => {
        this.wait = milliseconds;
      },
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silence.abort();
      }, MOST_SILENCE);
    };
    try {
      heard();
      for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
        heard();
        parser.feed(text);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
