import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of this test, which ends with it. */
export interface Child {
  readonly name: string;
  readonly output: () => string;
  /** Ends it, at once when it does not end by itself within ten seconds. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** What is started, and where it says that it is ready. */
export interface ChildSettings {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Answers 2xx once the program is ready; or a question of another kind. */
  readonly readyUrl?: string;
  readonly ready?: () => Promise<boolean>;
  /** Account it runs as, instead of ours. */
  readonly uid?: number;
  readonly gid?: number;
  /** Is told how it ended; null when a signal ended it. */
  readonly onExit?: (code: number | null) => void;
}

const LONGEST_OUTPUT = 100_000;
/** How long a program may take to answer whether it is ready, in milliseconds: one that hangs is asked again. */
const ANSWER_MS = 5_000;

/**
 * Starts a program and waits until its URL answers.
 * @throws {Error} with what the program said, when it ends or is not ready within a minute
 */
export async function startChild(settings: ChildSettings): Promise<Child> {
  let output = '';
  const child = spawn(settings.program, settings.arguments, {
    cwd: settings.directory,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(settings.uid !== undefined && { uid: settings.uid }),
    ...(settings.gid !== undefined && { gid: settings.gid }),
  });
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-LONGEST_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('exit', (code) => settings.onExit?.(code));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  try {
    await poll(`${settings.program} to be ready`, 60_000, async () => {
      if (failure) throw failure;
      if (hasEnded(child)) throw new Error(`${settings.program} ended:\n${output}`);
      if (settings.ready) return settings.ready();
      const answer = fetch(settings.readyUrl ?? '', { signal: AbortSignal.timeout(ANSWER_MS) });
      return (await answer.catch(() => undefined))?.ok;
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
  return { name: basename(settings.program), output: () => output, stop: (signal = 'SIGTERM') => stop(child, signal) };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const patience = new AbortController();
  void delay(10_000, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  patience.abort();
}

/**
 * Asks until the answer is truthy.
 * @param what is waited for, for the message
 * @throws {Error} when the time is over
 */
export async function poll<Result>(
  what: string,
  milliseconds: number,
  ask: () => Promise<Result | undefined | false>,
): Promise<Result> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`Waited ${milliseconds / 1000} s in vain for ${what}.`);
    await delay(200);
  }
}

/** A port of the loopback interface that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}
