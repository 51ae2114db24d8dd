import { Work } from '@tams/telemetry';
import { Journal } from './journal';
import { LineRing } from './line-ring';

const REQUESTS = 20_000;
/** The quickest of them counts: others are at work on the machine too. */
const ROUNDS = 8;
/** Far above what it is (about 1 us), and far below what a request costs: what grows with the number of requests would show. */
const MOST_MICROSECONDS = 10;

it('to be remembered costs a request with two statements and a line of the log about a microsecond', () => {
  const journal = new Journal();
  journal.onModuleInit();
  const ring = new LineRing(1024 * 1024);
  // Written for standard output anyway.
  const lines = Array.from(
    { length: 64 },
    (_, number) => `{"level":"info","correlation_id":"${number}","path":"/flows/${'x'.repeat(300)}","msg":"request"}\n`,
  );
  const source = { describeWork: () => ({ correlationId: 'id', facts: {} }) };
  const request = (number: number): void => {
    const work = new Work('request', source);
    for (const name of ['BEGIN', 'SELECT flows']) work.endStep(work.step('statement', name));
    work.end('/flows/{flowId}', { outcome: 'success', milliseconds: 1, status: 200 });
    ring.push(lines[number % lines.length]!);
  };
  let microseconds = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let number = 0; number < REQUESTS; number += 1) request(number);
    const { user, system } = process.cpuUsage(before);
    microseconds = Math.min(microseconds, (user + system) / REQUESTS);
  }
  journal.onModuleDestroy();
  console.log(`insight: ${microseconds.toFixed(2)} us of the processor a request`);
  expect(microseconds).toBeLessThan(MOST_MICROSECONDS);
});
