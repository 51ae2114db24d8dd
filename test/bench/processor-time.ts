import { readFileSync } from 'node:fs';

/** Ticks of `/proc/<pid>/stat` in a second, on every Linux. */
const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used so far, user and system; 0 where there is no `/proc`, or no such process. */
export function cpuSecondsOf(pid: number): number {
  const [user = 0, system = 0] = timesOf(pid);
  return user + system;
}

/** The same of a process, of its children that run, and of those that have ended: a PostgreSQL with all its connections. */
export function cpuSecondsOfFamily(pid: number): number {
  const own = timesOf(pid).reduce((sum, seconds) => sum + seconds, 0);
  const children = fileOf(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + cpuSecondsOf(child), own);
}

/** User and system time of a process, then those of its ended children, in seconds. */
function timesOf(pid: number): number[] {
  const fields = fileOf(`${pid}/stat`).split(') ')[1]?.split(' ');
  return (fields?.slice(11, 15) ?? []).map((ticks) => Number(ticks) / TICKS_PER_SECOND);
}

function fileOf(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
