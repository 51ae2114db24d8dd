import { peopleLines } from './people-lines';

const id = 'e968ded1-1111-4111-8111-111111111111';
const flow = '98488ab9-2222-4222-8222-222222222222';
// The middle of a minute is the same in every time zone; its hour is not.
const time = new Date(2026, 10, 29, 21, 46, 1).toISOString();

const request = {
  level: 'info',
  time,
  correlation_id: id,
  trace_id: 'a'.repeat(32),
  method: 'PUT',
  route: '/flows/{flowId}',
  path: `/flows/${flow}`,
  status: 201,
  duration_ms: 234.4,
  msg: 'request',
};
const write = (record: object, options: { colorize?: boolean; requestsShown?: boolean } = {}): string =>
  peopleLines({ colorize: options.colorize ?? false, requestsShown: () => options.requestsShown ?? true })(
    `${JSON.stringify(record)}\n`,
  );

it('a request is one short line', () => {
  expect(write(request)).toBe('21:46:01 PUT /flows/98488ab9 201 234 ms  #e968ded1\n');
});

it('a request that failed shows why, and its identifiers whole', () => {
  expect(write({ ...request, status: 404, problem: 'flow-not-found' })).toBe(
    `21:46:01 PUT /flows/${flow} 404 flow-not-found 234 ms  #${id}\n`,
  );
});

it.each([
  [201, '\u001b[32m201\u001b[39m'],
  [404, '\u001b[33m404\u001b[39m'],
  [503, '\u001b[31m503\u001b[39m'],
])('the status %d has its colour on a terminal', (status, coloured) => {
  expect(write({ ...request, status }, { colorize: true })).toContain(coloured);
});

it('a change and its audit line are one line, which names the principal', () => {
  const audit = { level: 'info', time, correlation_id: id, context: 'Audit', audit: 'change', msg: 'PUT x done' };
  expect(write(audit)).toBe('');
  expect(write({ ...request, principal: 'alice' })).toBe(
    '21:46:01 PUT /flows/98488ab9 201 234 ms  by alice  #e968ded1\n',
  );
});

it('audit lines stay where no request would be shown, and what is only attempted always', () => {
  const audit = { level: 'warn', time, correlation_id: id, context: 'Audit', audit: 'refusal', msg: 'PUT x forbidden' };
  expect(write(audit, { requestsShown: false })).toContain('PUT x forbidden');
  expect(write({ ...audit, audit: 'attempt', msg: 'PUT x begun' })).toContain('PUT x begun');
});

it('other lines have identifiers only where something is wrong', () => {
  const line = { level: 'info', time, correlation_id: id, trace_id: 'b', context: 'Jobs', msg: 'done', items: 3 };
  expect(write(line)).toBe('21:46:01 Jobs done {"items":3}\n');
  expect(write({ ...line, level: 'warn' })).toBe(`21:46:01 WARN Jobs done  #${id} {"items":3}\n`);
  expect(write({ ...line, level: 'warn', correlation_id: `process-${id}` })).toBe(
    '21:46:01 WARN Jobs done {"items":3}\n',
  );
});

it('addresses are lines of their own', () => {
  const ready = {
    level: 'info',
    time,
    correlation_id: 'process-1',
    msg: 'ready',
    addresses: { a: 'http://a', long: 'http://b' },
  };
  expect(write(ready)).toBe('21:46:01 ready\n         a     http://a\n         long  http://b\n');
});

it('what clients wrote begins no line and moves no cursor', () => {
  const line = write({ ...request, path: '/a\u001b[2J\nforged', principal: 'x\ry' });
  expect(line).toBe('21:46:01 PUT /a\uFFFD[2J\uFFFDforged 201 234 ms  by x\uFFFDy  #e968ded1\n');
});

it('what is no line of ours is written as it is', () => {
  expect(peopleLines({ colorize: false, requestsShown: () => true })('not JSON\n')).toBe('not JSON\n');
});
