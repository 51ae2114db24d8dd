import { configureLogging, cycleLogLevel, logger, logLevel, setLogLevel } from '@tams/telemetry';
import { changeLogLevelOnSignal } from '../../libs/telemetry/src/logging/logger';
import { LogLines } from './log-lines';

const log = new LogLines();
beforeEach(() => {
  configureLogging({ level: 'info', format: 'json', destination: log });
  log.clear();
});

it('the level decides what is written, also when it changes while running', () => {
  logger.debug('not yet');
  setLogLevel('debug');
  logger.debug('now');
  setLogLevel('silent');
  logger.fatal('never');
  expect(log.all().map((line) => line['msg'])).toEqual(['now']);
  expect(() => {
    setLogLevel('loud');
  }).toThrow('There is no log level loud; use trace, debug, info, warn, error, fatal, silent.');
});

it('each signal goes one step on and comes back to the configured level', () => {
  const leave = changeLogLevelOnSignal();
  const levels: string[] = [];
  for (let step = 0; step < 3; step += 1) {
    // Jest's processes have no signals of their own; the event is what Node makes of one.
    process.emit('SIGUSR2');
    levels.push(logLevel());
  }
  leave();
  process.emit('SIGUSR2');
  expect(logLevel()).toBe('info');
  expect(levels).toEqual(['debug', 'trace', 'info']);
});

it('a server configured for debug can be made quieter', () => {
  configureLogging({ level: 'debug', format: 'json', destination: log });
  expect([cycleLogLevel(), cycleLogLevel(), cycleLogLevel()]).toEqual(['trace', 'info', 'debug']);
});

it('lines outside any request share the correlation id of the process', () => {
  logger.info('one');
  logger.info('two');
  const [one, two] = log.all();
  expect(one!['correlation_id']).toMatch(/^process-/);
  expect(two!['correlation_id']).toBe(one!['correlation_id']);
});
