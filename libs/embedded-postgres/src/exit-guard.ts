/*
 * PostgreSQL runs in a session of its own, so nothing but us ends it. While one runs, this guard makes sure that an
 * orderly end of this process (process.exit, an uncaught error, the last handle closed, or a signal that nobody else
 * handles) takes it along. `kill -9` is the one way past it; the next start clears that up.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const stops = new Set<() => void>();

/** Calls `stop` (synchronously, it must not throw) when this process ends. Returns the function that takes it back. */
export function stopWithThisProcess(stop: () => void): () => void {
  if (stops.size === 0) watch();
  stops.add(stop);
  return () => {
    if (stops.delete(stop) && stops.size === 0) unwatch();
  };
}

function watch(): void {
  process.on('exit', stopAll);
  // First in line, because a listener registered with `once` no longer counts after it has run.
  for (const signal of SIGNALS) process.prependListener(signal, endUnlessHandledElsewhere);
}

function unwatch(): void {
  process.off('exit', stopAll);
  for (const signal of SIGNALS) process.off(signal, endUnlessHandledElsewhere);
}

function stopAll(): void {
  for (const stop of stops) stop();
}

/** Our listener switches off the default "end the process": do it ourselves where it would have happened. */
function endUnlessHandledElsewhere(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  stopAll();
  unwatch();
  process.kill(process.pid, signal);
}
