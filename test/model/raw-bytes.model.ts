import { connect } from 'node:net';
import fc from 'fast-check';
import { startTestServer, type TestServer } from '../support/test-server';
import { inTime } from './api/populated-store';
import { settings } from './run-settings';

let tams: TestServer;
beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

/** Sends bytes, says that no more will come, and reads until the server closes. */
function exchange(bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(tams.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that hangs up on what it cannot read is within its rights.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
}

/** Pieces of requests, whole and broken. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'GET ',
      'POST ',
      'PUT ',
      'get ',
      'BREW ',
      '/flows',
      '/service',
      '*',
      'http://x/flows',
      '/flows/%',
      '?limit=1',
      ' HTTP/1.1',
      ' HTTP/1.0',
      ' HTTP/9.9',
    ],
    ...[
      '\r\n',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\r',
      'Host: x',
      'Host: a b',
      'Host:',
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 5, 6',
    ],
    ...[
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip',
      '5\r\nhello\r\n0\r\n\r\n',
      'FFFFFFFFFFFFFFFFF\r\n',
      'Content-Type: application/json',
    ],
    ...[
      'Expect: 100-continue',
      'Expect: tea',
      'Connection: close',
      'Connection: upgrade',
      'Upgrade: websocket',
      '{"a":',
      '{}',
      ': x',
      ' folded',
      'X: \x00',
      'A'.repeat(20_000),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const bytes = fc.oneof(
  fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
  fc
    .array(piece, { maxLength: 6 })
    .map((pieces) => Buffer.from(`POST /service HTTP/1.1\r\nHost: x\r\n${pieces.join('\r\n')}\r\n\r\n{}`, 'latin1')),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((list) => Buffer.from(list)),
);

it('no bytes make the server fail, hang or end', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const answer = await inTime(exchange(sent));
      // 505 says that the version of HTTP is not ours to speak.
      for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
        if (Number(status) >= 500 && status !== '505') throw new Error(`answered ${answer.slice(0, 500)}`);
    }),
    settings(300),
  );
  expect((await tams.client.get('/livez')).status).toBe(200);
});
