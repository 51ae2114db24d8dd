import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withSpan } from './spans';
import { startTracing } from './tracing';

it('has a flush wait for the batch that is on its way', async () => {
  const seen: string[] = [];
  const collector = createServer();
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  const { port } = collector.address() as AddressInfo;
  const tracing = startTracing(
    { OTLP_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '1' },
    { name: 'tams-test', version: '1' },
  );
  const batch = once(collector, 'request');
  await withSpan('on its way', {}, () => undefined);
  const [request, response] = (await batch) as [IncomingMessage, ServerResponse];
  const flushed = tracing.flush().then(() => seen.push('flushed'));
  request.resume();
  setTimeout(() => {
    seen.push('answered');
    response.end();
  }, 100);
  await flushed;
  expect(seen).toEqual(['answered', 'flushed']);
  await tracing.stop();
  collector.close();
});
