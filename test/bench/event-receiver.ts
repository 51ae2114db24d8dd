import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What arrived since the receiver was last asked. */
export interface Arrivals {
  readonly events: number;
  /** From the event to its arrival: 99th percentile, in milliseconds. */
  readonly delayP99: number;
}

/**
 * A process of its own that takes webhooks as fast as it can: it reads when the event happened, answers 204, and tells on
 * request what came.
 */
const TIMESTAMP_AT = '{"event_timestamp":"'.length;

let delays: number[] = [];

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  let start = '';
  request.on('data', (part: Buffer) => (start ||= part.toString('latin1', 0, 64)));
  request.on('end', () => {
    delays.push(Date.now() - Date.parse(start.slice(TIMESTAMP_AT, start.indexOf('"', TIMESTAMP_AT))));
    response.writeHead(204).end();
  });
});

process.on('message', () => {
  const sorted = delays.sort((a, b) => a - b);
  delays = [];
  const arrivals: Arrivals = { events: sorted.length, delayP99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
  process.send?.(arrivals);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
