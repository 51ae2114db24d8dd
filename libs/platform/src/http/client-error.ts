import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE } from '../errors/problem';

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request timeout',
    code: 'request-timeout',
    detail: 'The request did not arrive completely in time; send it again on a new connection.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Request header fields too large',
    code: 'headers-too-large',
    detail: 'The address and the headers of the request are larger than this server reads; send fewer or shorter ones.',
  },
  HPE_INVALID_METHOD: {
    status: 400,
    title: 'Bad request',
    code: 'malformed-request',
    detail: 'The request begins with a method that HTTP does not have.',
  },
};

const malformed: Refusal = {
  status: 400,
  title: 'Bad request',
  code: 'malformed-request',
  detail: 'What was sent is not an HTTP/1.1 request. Was HTTPS spoken to an HTTP port?',
};

/**
 * Answers bytes that never became a request, and so never reach a route: problem details, written by hand, without
 * `instance` and `correlation_id` because there is nothing they could name. Ends the connection.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(refusalText(refusals[error.code ?? ''] ?? malformed));
  socket.destroy(error);
}

function refusalText({ status, title, code, detail }: Refusal): string {
  const problem = { type: `urn:x-tams:problem:${code}`, title, status, detail, message: detail };
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? title}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
