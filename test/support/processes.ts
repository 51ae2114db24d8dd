import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the direct children, from `/proc`. */
export function childrenOf(parent: number): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => statOf(pid)?.parent === parent);
}

/** Whether a process is there, and not only waits for its parent to see that it has ended. */
export function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state;
  return state !== undefined && state !== 'Z';
}

/** Sends a signal to a process and its direct children, if it is there. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  for (const child of childrenOf(pid)) if (isAlive(child)) process.kill(child, signal);
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
