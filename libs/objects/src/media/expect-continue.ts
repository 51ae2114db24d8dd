import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Lets uploads that announce themselves (`Expect: 100-continue`) be refused before they are sent. Node answers such
 * requests by itself with 100 at once unless somebody listens.
 */
export class ExpectedContinues {
  private readonly waiting = new WeakSet<IncomingMessage>();

  /** @param concerns whether a request's handler will call {@link proceed} */
  constructor(server: Server, concerns: (request: IncomingMessage) => boolean) {
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (concerns(request)) {
        this.waiting.add(request);
        // A client that is refused may or may not send its body: only a new connection is unambiguous.
        response.shouldKeepAlive = false;
      } else response.writeContinue();
      server.emit('request', request, response);
    });
  }

  /** Asks the client to send the body, if it waits for that. */
  proceed(request: IncomingMessage, response: ServerResponse): void {
    if (!this.waiting.delete(request)) return;
    response.shouldKeepAlive = true;
    response.writeContinue();
  }
}
