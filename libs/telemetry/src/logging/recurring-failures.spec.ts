import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { withCorrelation } from '../correlation';
import { configureLogging, loggerFor } from './logger';
import { RecurringFailures } from './recurring-failures';

interface Line {
  readonly msg: string;
  readonly err?: { readonly stack: string };
  readonly cause?: string;
  readonly repeated?: number;
  readonly correlation_id: string;
}

const INTERVAL_MS = 40;
let lines: Line[];
let failures: RecurringFailures;

beforeEach(() => {
  lines = [];
  configureLogging({
    level: 'info',
    format: 'json',
    destination: { write: (text) => void lines.push(JSON.parse(text) as Line) },
  });
  failures = new RecurringFailures(loggerFor('Recurring'), INTERVAL_MS);
});
afterAll(() => {
  configureLogging({ level: 'warn', format: 'json', destination: pino.destination(1) });
});

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

it('the first has its stack, the others are counted in one line, and after a quiet time the next is a first again', async () => {
  const tell = () => {
    failures.tell({ level: 'error', error: refused(), message: 'The store is away', fields: { problem: 'p' } });
  };
  withCorrelation({ correlationId: 'of-the-first' }, () => {
    for (let time = 0; time < 1000; time += 1) tell();
  });
  expect(lines.map(({ msg, err }) => [msg, err?.stack.includes('refused')])).toEqual([['The store is away', true]]);
  await until(() => lines.length > 1);
  expect(lines[1]).toMatchObject({
    msg: 'The store is away (again 999 times in 0 s)',
    problem: 'p',
    cause: 'connect ECONNREFUSED 127.0.0.1:5432',
    repeated: 999,
    correlation_id: expect.stringMatching(/^process-/) as string,
  });
  expect(lines[1]!.err).toBeUndefined();
  await delay(4 * INTERVAL_MS);
  expect(lines).toHaveLength(2);
  tell();
  expect(lines[2]!.err).toBeDefined();
});

it('two causes do not hide each other, and endlessly many share a line', () => {
  failures.tell({ level: 'error', error: refused(), message: 'away' });
  failures.tell({ level: 'error', error: Object.assign(new Error('other'), { code: 'ENOSPC' }), message: 'full' });
  expect(lines.map(({ msg }) => msg)).toEqual(['away', 'full']);
  for (let kind = 0; kind < 1000; kind += 1) {
    failures.tell({ level: 'error', error: Object.assign(new Error('x'), { code: `E${kind}` }), message: 'many' });
  }
  expect(lines.length).toBeLessThan(60);
});

it('says a cause also where only the attempts of an error know it', async () => {
  const error = new AggregateError([new Error('::1 refuses'), new Error('127.0.0.1 refuses')]);
  for (const text of ['one', 'two']) failures.tell({ level: 'warn', error, message: text });
  // What the tests before told of is summed up in between.
  const summary = () => lines.find(({ msg }) => msg.startsWith('two (again'));
  await until(() => summary() !== undefined);
  expect(summary()!.cause).toBe('::1 refuses; 127.0.0.1 refuses');
});

it('leaves the connection of a database error out of its line', () => {
  const error = Object.assign(new Error('terminating connection'), { code: '57P01', client: { user: 'tams' } });
  failures.tell({ level: 'error', error, message: 'ended' });
  expect(lines[0]!.err).toMatchObject({ message: 'terminating connection', code: '57P01' });
  expect(lines[0]!.err).not.toHaveProperty('client');
});
