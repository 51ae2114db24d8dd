import { PostgresLog } from './postgres-log';

function collecting(): { log: PostgresLog; said: string[] } {
  const said: string[] = [];
  return { log: new PostgresLog((level, message) => said.push(`${level} ${message}`)), said };
}

describe('PostgresLog', () => {
  it('passes on what an operator should see, by its severity', () => {
    const { log, said } = collecting();
    log.serving = true;
    log.accept('LOG:  checkpoint starting');
    log.accept('WARNING:  page verification failed');
    log.accept('FATAL:  sorry, too many clients already');
    log.accept('PANIC:  could not write to log file');
    expect(said.map((line) => line.split(' ')[0])).toEqual(['debug', 'warn', 'warn', 'error']);
  });

  it("leaves out a client's error with the values in its details", () => {
    const { log, said } = collecting();
    log.serving = true;
    log.accept('ERROR:  duplicate key value violates unique constraint');
    log.accept('DETAIL:  Key (secret)=(hunter2) already exists.');
    log.accept('\tsecond line of it');
    log.accept('LOG:  next');
    expect(said).toEqual(['debug PostgreSQL: LOG:  next']);
    expect(log.lastLines()).toEqual(['LOG:  next']);
  });

  it('keeps errors of the start for its report', () => {
    const { log } = collecting();
    log.accept('ERROR:  broken');
    log.accept('DETAIL:  why');
    expect(log.lastLines()).toEqual(['ERROR:  broken', 'DETAIL:  why']);
  });

  it('is bounded in lines and in their length', () => {
    const { log, said } = collecting();
    for (let line = 0; line < 1_000; line += 1) log.accept('LOG:  ' + 'x'.repeat(10_000));
    expect(said.length).toBeLessThanOrEqual(250);
    expect(log.lastLines().length).toBeLessThanOrEqual(40);
    expect(log.lastLines().every((line) => line.length <= 2_000)).toBe(true);
  });
});
