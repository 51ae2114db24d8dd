import { Work } from '@tams/telemetry';
import { Journal } from './journal';
import { LineRing } from './line-ring';

const REQUESTS = 50_000;
/** Far above what it is (2 to 4 us), and far below what a request costs: what grows with the number of requests would show. */
const MOST_MICROSECONDS = 20;

it('to be remembered costs a request with two statements and a line of the log some microseconds', () => {
  const journal = new Journal();
  journal.onModuleInit();
  const lines = new LineRing(1024 * 1024);
  const source = { describeWork: () => ({ correlationId: 'id', facts: {} }) };
  const request = (number: number): void => {
    const work = new Work('request', source);
    for (const name of ['BEGIN', 'SELECT flows']) work.endStep(work.step('statement', name));
    work.end('/flows/{flowId}', { outcome: 'success', milliseconds: 1, status: 200 });
    lines.push(`{"level":"info","correlation_id":"${number}","path":"/flows/${'x'.repeat(300)}","msg":"request"}\n`);
  };
  for (let number = 0; number < REQUESTS; number += 1) request(number);
  const before = process.cpuUsage();
  for (let number = 0; number < REQUESTS; number += 1) request(number);
  const { user, system } = process.cpuUsage(before);
  journal.onModuleDestroy();
  const microseconds = (user + system) / REQUESTS;
  console.log(`insight: ${microseconds.toFixed(2)} us of the processor a request`);
  expect(microseconds).toBeLessThan(MOST_MICROSECONDS);
});
