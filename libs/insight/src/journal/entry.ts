import type { Work, WorkEnd } from '@tams/telemetry';
import type { Entry } from './journal.schema';

/** Longest text of a fact. */
const KEPT_LENGTH = 512;

/** Puts together what is known of work. @param end absent while it goes on */
export function entryOf(work: Work, name: string, end: WorkEnd | undefined): Entry {
  const { correlationId, traceId, facts, failure } = work.details();
  const elapsed = performance.now() - work.start;
  return {
    kind: work.kind,
    name,
    correlation_id: correlationId,
    ...(traceId !== undefined && { trace_id: traceId }),
    started: new Date(Date.now() - elapsed).toISOString(),
    duration_ms: rounded(end?.milliseconds ?? elapsed),
    outcome: end?.outcome ?? 'running',
    ...(end?.status !== undefined && { status: end.status }),
    ...(end?.problem !== undefined && { problem: end.problem }),
    ...(failure !== undefined && { failure }),
    facts: Object.fromEntries(
      Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, kept(value)]])),
    ),
    steps: work.steps.map((step) => ({
      kind: step.kind,
      name: step.name,
      start_ms: rounded(step.start),
      ...(step.duration !== undefined && { duration_ms: rounded(step.duration) }),
      ...(step.failure !== undefined && { failure: step.failure }),
      ...(step.session !== undefined && { session: step.session }),
      ...(step.waitsFor !== undefined && { waits_for: step.waitsFor }),
    })),
    ...(work.omitted > 0 && { steps_omitted: work.omitted }),
  };
}

function kept(value: string | number): string | number {
  return typeof value === 'string' ? value.slice(0, KEPT_LENGTH) : value;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
