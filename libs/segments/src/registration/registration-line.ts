import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { currentPrincipal } from '@tams/auth';
import { Batcher, type DomainError, UnavailableError } from '@tams/platform';
import type { SegmentItem } from './segment-batch.schema';

/** Why items of a request failed, by item; those that did not are not in it. */
export type Failures = ReadonlyMap<SegmentItem, DomainError>;

/** Registers items with one Flow, in one transaction. */
export type Registering = (flowId: string, items: readonly SegmentItem[], baseUrl: string) => Promise<Failures>;

/** Most requests that wait for one Flow; the next is refused. */
const MOST_WAITING = 1000;
/** Most requests that are looked at together. */
const MOST_REQUESTS = 100;
/** Most items of a transaction that several requests share. */
const MOST_SHARED_ITEMS = 1000;

/** How many requests of a transaction are answered before the process looks at what else has come. */
const ANSWERS_A_TURN = 8;

/** One request that waits. */
interface Waiting {
  readonly items: readonly SegmentItem[];
  readonly baseUrl: string;
  /** Runs something as this request: on behalf of its caller, under its correlation id. */
  readonly asRequest: <Result>(work: () => Result) => Result;
  /** Whoever has the same may share a transaction. */
  readonly caller: string;
}

type Outcome = { readonly failures: Failures } | { readonly error: unknown };

/** The requests to one Flow that are not answered yet. */
interface Line {
  readonly batcher: Batcher<Waiting, ReadonlyMap<Waiting, Promise<Outcome>>>;
  waiting: number;
}

/**
 * Where requests wait for the Flow they write: at most one transaction of this process asks for the lock of a Flow, so that
 * sixty writers of one take one connection and not all. Those that wait share the next transaction (one lock, one insert, one
 * commit), each with its own answer; first come, first served.
 */
export class RegistrationLine {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly registering: Registering) {}

  /**
   * Registers the items of one request.
   * @throws {UnavailableError} `server-busy` when too many wait for the same Flow
   */
  async register(flowId: string, items: readonly SegmentItem[], baseUrl: string): Promise<Failures> {
    const line = this.lineOf(flowId);
    if (line.waiting >= MOST_WAITING) {
      throw new UnavailableError('server-busy', `Too many requests write Flow ${flowId}; try again shortly.`, {
        retryAfterSeconds: 1,
      });
    }
    line.waiting += 1;
    try {
      const waiting = { items, baseUrl, asRequest: AsyncLocalStorage.snapshot(), caller: callerOf(baseUrl) };
      const outcome = await (await line.batcher.add(waiting)).get(waiting);
      if (!outcome) throw new Error('A request was left out of its transaction.');
      if ('error' in outcome) throw outcome.error;
      return outcome.failures;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.lines.delete(flowId);
    }
  }

  private lineOf(flowId: string): Line {
    const known = this.lines.get(flowId);
    if (known) return known;
    const batcher = new Batcher((requests: readonly Waiting[]) => this.serve(flowId, requests), {
      most: MOST_REQUESTS,
    });
    const line = { batcher, waiting: 0 };
    this.lines.set(flowId, line);
    return line;
  }

  private async serve(flowId: string, requests: readonly Waiting[]): Promise<ReadonlyMap<Waiting, Promise<Outcome>>> {
    const outcomes = new Map<Waiting, Outcome>();
    let unavailable: Outcome | undefined;
    for (const group of groupsOf(requests)) {
      // Who stands behind one that could not be served is told so at once, and not after as long again.
      const served = unavailable ? all(group, unavailable) : await this.together(flowId, group);
      for (const [request, outcome] of served) {
        outcomes.set(request, outcome);
        if (isUnavailable(outcome)) unavailable = outcome;
      }
    }
    return inTurns(outcomes);
  }

  /** One transaction for all; when that fails because of one of them, one each. */
  private async together(flowId: string, group: readonly Waiting[]): Promise<[Waiting, Outcome][]> {
    const outcome = await this.attempt(flowId, group);
    if (group.length === 1 || 'failures' in outcome || isUnavailable(outcome)) return all(group, outcome);
    const alone: [Waiting, Outcome][] = [];
    for (const request of group) alone.push([request, await this.attempt(flowId, [request])]);
    return alone;
  }

  private async attempt(flowId: string, group: readonly Waiting[]): Promise<Outcome> {
    const [first] = group;
    if (!first) return { failures: new Map() };
    const items = group.flatMap((request) => request.items);
    try {
      return { failures: await first.asRequest(() => this.registering(flowId, items, first.baseUrl)) };
    } catch (error) {
      return { error };
    }
  }
}

/**
 * Tells a few at a time, in their order, while the next transaction runs already: sixty answers in one go, and the sixty requests
 * that follow them, kept every other request waiting that long.
 */
function inTurns(outcomes: ReadonlyMap<Waiting, Outcome>): ReadonlyMap<Waiting, Promise<Outcome>> {
  const told = new Map<Waiting, Promise<Outcome>>();
  let turn: Promise<unknown> = Promise.resolve();
  for (const [request, outcome] of outcomes) {
    if (told.size > 0 && told.size % ANSWERS_A_TURN === 0) turn = turn.then(() => nextTurn());
    told.set(
      request,
      turn.then(() => outcome),
    );
  }
  return told;
}

function all(group: readonly Waiting[], outcome: Outcome): [Waiting, Outcome][] {
  return group.map((request) => [request, outcome]);
}

function isUnavailable(outcome: Outcome): boolean {
  return 'error' in outcome && outcome.error instanceof UnavailableError;
}

/** What a caller may do, and the address they are told things by: whoever has the same may share a transaction. */
function callerOf(baseUrl: string): string {
  const principal = currentPrincipal();
  return JSON.stringify([baseUrl, principal?.id, [...(principal?.scopes ?? [])], principal?.groups]);
}

/** Requests of one caller that follow each other closely, in the order they came. */
function groupsOf(requests: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  const open = new Map<string, { group: Waiting[]; items: number }>();
  for (const request of requests) {
    const known = open.get(request.caller);
    if (known && known.items + request.items.length <= MOST_SHARED_ITEMS) {
      known.group.push(request);
      known.items += request.items.length;
    } else {
      const group = [request];
      groups.push(group);
      open.set(request.caller, { group, items: request.items.length });
    }
  }
  return groups;
}
