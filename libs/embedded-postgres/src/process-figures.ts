import { readFile } from 'node:fs/promises';
import { systemErrorCode } from './embedded-postgres.errors';

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;
/** Where the fields of /proc/PID/stat begin behind the program's name, which may hold anything; the first is number 3. */
const FIRST_FIELD = 3;
/** Numbers of its fields: processor time in user and kernel mode, its own and that of children that have ended. */
const OWN_TIMES = [14, 15];
const ENDED_CHILDREN_TIMES = [16, 17];

/** What PostgreSQL's processes take of the machine. */
export interface ProcessFigures {
  /** Processor time since PostgreSQL started, in seconds; sessions that have ended are part of it. */
  readonly processorSeconds: number;
  /** Memory, in bytes; what processes share counts once. */
  readonly memoryBytes: number;
}

/**
 * Reads /proc for a postmaster and its processes.
 * @returns `undefined` where the platform has no such /proc, or does not let us read it
 */
export async function readProcessFigures(postmaster: number): Promise<ProcessFigures | undefined> {
  try {
    const list = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
    // Before its children: one that ends in between is counted by neither, and never by both.
    const times = await processorTicks(postmaster, [...OWN_TIMES, ...ENDED_CHILDREN_TIMES]);
    const children = await Promise.all(list.split(' ').filter(Boolean).map(Number).map(figuresOfChild));
    const own = await memoryOf(postmaster);
    return {
      processorSeconds: children.reduce((sum, { ticks }) => sum + ticks, times) / TICKS_PER_SECOND,
      memoryBytes: children.reduce((sum, { bytes }) => sum + bytes, own),
    };
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

async function figuresOfChild(pid: number): Promise<{ ticks: number; bytes: number }> {
  try {
    return { ticks: await processorTicks(pid, OWN_TIMES), bytes: await memoryOf(pid) };
  } catch (error) {
    // It has ended: a session comes and goes at any moment.
    if (hasEnded(error)) return { ticks: 0, bytes: 0 };
    throw error;
  }
}

async function processorTicks(pid: number, fields: readonly number[]): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const values = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field - FIRST_FIELD] ?? 0), 0);
}

/** Its part of the memory it uses: what n processes share counts an nth for each. */
async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

function hasEnded(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '');
}

function isUnreadable(error: unknown): boolean {
  return hasEnded(error) || ['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '');
}
