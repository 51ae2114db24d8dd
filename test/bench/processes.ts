import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverFlags } from '../support/server-flags';
import type { Arrivals } from './event-receiver';
import type { FloorSetup } from './floor-setup';
import type { LoadResult, LoadRound } from './load-plan';
import { cpuSecondsOf } from './processor-time';
import type { Writing, Written } from './segment-writers';

const SERVER_ENTRY = 'dist/apps/tams-api/apps/tams-api/src/main.js';
const START_PATIENCE_MS = 120_000;

/** A process that answers HTTP and whose use of the machine can be read. */
export class MeasuredServer {
  constructor(
    readonly name: string,
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {}

  /** CPU seconds used so far, user and system; 0 where there is no `/proc`. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.child.pid ?? 0);
  }

  /** Largest resident memory since {@link forgetPeakMemory}, in megabytes (1e6 bytes); 0 where there is no `/proc`. */
  get peakMegabytes(): number {
    const kibibytes = /VmHWM:\s+(\d+) kB/.exec(this.procFile('status') ?? '')?.[1];
    return (Number(kibibytes ?? 0) * 1024) / 1e6;
  }

  forgetPeakMemory(): void {
    // "5" asks Linux to start its high-water mark again (proc(5)).
    if (this.procFile('status') !== undefined) writeFileSync(`/proc/${this.child.pid ?? 0}/clear_refs`, '5');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  private procFile(name: string): string | undefined {
    try {
      return readFileSync(`/proc/${this.child.pid ?? 0}/${name}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}

export interface TamsServerOptions {
  readonly databaseUrl: string;
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where to write a CPU profile when it stops. */
  readonly profileDirectory?: string | undefined;
  readonly name?: string;
  /** Compiled entry of the server; default that of `npm run build`. */
  readonly entry?: string;
  /** Further flags of Node. */
  readonly nodeOptions?: readonly string[];
}

/** Starts the built server as `npm start` does, and waits until it answers. Its log goes to a file. */
export async function startTamsServer(options: TamsServerOptions): Promise<MeasuredServer> {
  const port = await freePort();
  const name = options.name ?? 'server';
  const profiling = options.profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDirectory}`] : [];
  // One directory for all: servers on one database share it.
  const dataDirectory = join(options.directory, 'data');
  mkdirSync(dataDirectory, { recursive: true });
  const log = openSync(join(options.directory, `${name}.log`), 'a');
  const flags = [...serverFlags, ...profiling, ...(options.nodeOptions ?? [])];
  const child = spawn(process.execPath, [...flags, options.entry ?? SERVER_ENTRY], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: options.databaseUrl,
      DATA_DIR: dataDirectory,
      ...options.environment,
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  const server = new MeasuredServer(name, origin, child);
  const deadline = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${origin}/service`).catch(() => undefined);
    if (answer?.ok) return server;
    if (child.exitCode !== null || Date.now() > deadline) {
      await server.stop();
      throw new Error(`The server did not start: ${readFileSync(join(options.directory, `${name}.log`), 'utf8')}`);
    }
    await delay(50);
  }
}

function runTypescript(file: string): ChildProcess {
  return fork('scripts/run-typescript.mjs', [join(__dirname, file)]);
}

/** Starts the floor and waits until it listens. */
export async function startFloor(setup: FloorSetup): Promise<MeasuredServer> {
  const child = runTypescript('floor-server.ts');
  child.send(setup);
  const port = await reply<number>(child);
  return new MeasuredServer('floor', `http://127.0.0.1:${port}`, child);
}

/** The process that sends the load. */
export class LoadGenerator {
  private readonly child = runTypescript('load-generator.ts');

  run(round: LoadRound): Promise<LoadResult[]> {
    this.child.send(round);
    return reply<LoadResult[]>(this.child);
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** The process that takes webhooks. */
export class EventReceiver {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<EventReceiver> {
    const child = runTypescript('event-receiver.ts');
    return new EventReceiver(child, `http://127.0.0.1:${await reply<number>(child)}/`);
  }

  /** What came since this was last asked. */
  arrivals(): Promise<Arrivals> {
    this.child.send('arrivals');
    return reply<Arrivals>(this.child);
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** The process whose clients upload and register. */
export class SegmentWriters {
  private readonly child = runTypescript('segment-writers.ts');

  write(writing: Writing): Promise<Written> {
    this.child.send(writing);
    return reply<Written>(this.child);
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

/** Waits for the next message of a child. */
async function reply<Message>(child: ChildProcess): Promise<Message> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const died = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${child.spawnfile} ${child.spawnargs.slice(1).join(' ')} ended without an answer.`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), died])) as [Message];
    return message;
  } finally {
    died.catch(() => undefined);
    waiting.abort();
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
