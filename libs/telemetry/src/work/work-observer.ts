import type { Work, WorkEnd } from './work';

/** Told of each piece of work when it ends; it must be quick, must not throw, and may not keep the work itself. */
export type WorkObserver = (work: Work, name: string, end: WorkEnd) => void;

const observers = new Set<WorkObserver>();

/** What is being done in this process, in the order it began. */
export const worksInProgress = new Set<Work>();

/** Tells `observer` of all work that ends from now on. @returns what ends it */
export function observeWork(observer: WorkObserver): () => void {
  observers.add(observer);
  return () => {
    observers.delete(observer);
  };
}

/** A piece of work has ended. */
export function workObserved(work: Work, name: string, end: WorkEnd): void {
  for (const observer of observers) observer(work, name, end);
}
