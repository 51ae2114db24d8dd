import { answerCommandLine } from './command-line';

it('starts without words', () => {
  expect(answerCommandLine([])).toBeUndefined();
});

it.each([['--help'], ['-h']])('tells how it is used (%s)', (word) => {
  expect(answerCommandLine([word])).toEqual({ text: expect.stringContaining('DATA_DIR') as string, exitCode: 0 });
});

it.each([['--port=80'], ['start'], ['-x']])('refuses %s with the usage', (word) => {
  expect(answerCommandLine([word])).toEqual({ text: expect.stringContaining('Usage:') as string, exitCode: 2 });
});
