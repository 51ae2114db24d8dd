import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../support/test-database';
import { ServerProcess } from '../support/server-process';

/** Requests that are made at least; `npm run test:model -- --runs N` makes more of them. */
const REQUESTS = 10_000 * Math.max(1, Number(process.env['MODEL_RUNS'] ?? 40) / 40);
/** Cases for each operation in one round of fuzzing. */
const CASES = 60;
/** How long one process may take for its half of a round, in milliseconds. */
const ROUND_MS = 600_000;
/** A round that makes fewer did not work at all. */
const FEWEST_REQUESTS = 100;
/** What two processes divide between them: Python uses one processor each. */
const halves = [
  ['--include-path-regex', '^/(flows|sources)'],
  ['--exclude-path-regex', '^/(flows|sources)'],
];

const program = process.env['SCHEMATHESIS_PATH'];
const describeWithSchemathesis = program
  ? describe
  : (name: string, tests: () => void): void => {
      const reason = process.env['SCHEMATHESIS_MISSING'] ?? 'run it by npm run test:model, which installs it';
      describe.skip(`${name} (skipped: there is no Schemathesis: ${reason})`, tests);
    };

/**
 * A tool that knows nothing of this server but its API document, in its negative mode: values of every wrong type, form and size,
 * in every place.
 */
describeWithSchemathesis('Schemathesis', () => {
  let server: ServerProcess;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tams-schemathesis-'));
    server = await ServerProcess.start({
      DATABASE_URL: await createTestDatabase(),
      DATA_DIR: directory,
      // Refusals that are right, and 503: a disk that is nearly full, streams beyond their number.
      STORAGE_MIN_FREE_BYTES: '0',
      STORAGE_MIN_FREE_PERCENT: '0',
      EVENT_STREAM_LIMIT: '100000',
      EVENT_STREAM_SECONDS: '1',
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it(`finds no answer 5xx in ${REQUESTS} requests`, async () => {
    const seed = Number(process.env['MODEL_SEED'] ?? 82);
    let counted = await round('coverage', seed, 0);
    for (let next = seed + 1; counted.all < REQUESTS; next += 1) counted = await round('fuzzing', next, counted.all);
    console.log(`${counted.all} requests, ${counted.failed} answers 5xx`);
  });

  /**
   * Runs one phase over all operations, half of them in each of two processes.
   * @param before requests so far
   * @throws {Error} with what the processes said, when the server answered 5xx, or they made next to no requests
   */
  async function round(
    phase: string,
    seed: number,
    before: number,
  ): Promise<{ readonly all: number; readonly failed: number }> {
    const said = await Promise.all(halves.map((half) => run(half, phase, seed)));
    const counted = await answers();
    // Its own errors, such as values it cannot make from a schema, are no failure of the server: that is what counts them.
    if (counted.failed > 0 || counted.all - before < FEWEST_REQUESTS)
      throw new Error(
        `${counted.failed} answers 5xx (${phase}, seed ${seed}):\n${said.join('\n')}\n${server.output()}`,
      );
    return counted;
  }

  /** @returns the end of what it said @throws {Error} with that, when it does not end */
  async function run(half: readonly string[], phase: string, seed: number): Promise<string> {
    const parameters = [
      ...['run', `${server.url}/openapi.json`, '--mode', 'negative', '--phases', phase, ...half],
      ...['--checks', 'not_a_server_error', '--max-examples', String(CASES), '--seed', String(seed)],
      ...['--no-shrink', '--continue-on-failure', '--suppress-health-check', 'all', '--warnings', 'off', '--no-color'],
      ...['--generation-database', 'none', '--workers', '2'],
    ];
    const child = spawn(program!, parameters, {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ROUND_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-20_000)));
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (child.killed) throw new Error(`Schemathesis did not end in ${ROUND_MS} ms (${phase}, seed ${seed}):\n${said}`);
    return said;
  }

  /** What the server itself has counted. */
  async function answers(): Promise<{ readonly all: number; readonly failed: number }> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    let [all, failed] = [0, 0];
    for (const [, status, count] of text.matchAll(/^tams_http_requests_total\{.*status_code="(\d+)".*\} (\d+)$/gm)) {
      all += Number(count);
      if (status?.startsWith('5')) failed += Number(count);
    }
    return { all, failed };
  }
});
