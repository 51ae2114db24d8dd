import { randomUUID } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { afterCommit, Configuration, type Connection } from '@tams/platform';
import { currentCorrelationId, traceContext } from '@tams/telemetry';
import type { Collections, EventType, NewEvent } from './event';
import { type EventWrite, type Listener, OutboxRepository } from './outbox.repository';

/** Told, after the commit, which webhooks are owed something new; perhaps none, when only event streams wanted it. */
export type OutboxListener = (webhookIds: readonly string[]) => void;

/** How long it is taken for granted that somebody listens, who has been found to. */
const HEARD_FOR_MS = 10_000;

/**
 * Where facts leave the store (ADR 0020). An event is written in the transaction of the change it tells of, so there is
 * never one without the other, and it is owed to the webhooks that exist, want it, and may be told of it at that moment.
 */
@Injectable()
export class Outbox {
  private readonly observers = new Set<OutboxListener>();

  /** Until when it is taken for granted that somebody listens to a type, as `performance.now()` counts. */
  private readonly heardUntil = new Map<EventType, number>();
  private readonly byClasses: boolean;

  /** @param configuration absent in tests: then classes restrict nobody */
  constructor(
    private readonly repository: OutboxRepository,
    @Optional() configuration?: Configuration,
  ) {
    this.byClasses = configuration?.security.classes.enabled ?? false;
  }

  /**
   * Writes an event. Call it after the change, while the lock on what it is about is held: the order in which events of one
   * Flow or Source are written is the order in which they are delivered. Costs one small query when nobody listens.
   */
  append<Type extends EventType>(connection: Connection, event: NewEvent<Type>): Promise<void> {
    return this.appendAll(connection, [event]);
  }

  /**
   * Writes events of one type, each about another Source (or all about one Flow), as {@link append} does, with as few statements
   * as one needs.
   */
  async appendAll<Type extends EventType>(connection: Connection, events: readonly NewEvent<Type>[]): Promise<void> {
    const [first] = events;
    if (!first) return;
    const { type, flowId } = first;
    if (!(await this.isHeard(connection, type))) return;
    const sources = events.map(({ sourceId }) => sourceId);
    const listeners = await this.repository.listeners(connection, type, flowId, sources);
    if (listeners.length === 0) return;
    const bySource = Map.groupBy(listeners, (listener) => listener.source_id);
    const written: EventWrite[] = [];
    for (const event of events) {
      const write = await this.written(connection, event, bySource.get(event.sourceId) ?? []);
      if (write) written.push(write);
    }
    if (written.length === 0) return;
    const cause = { type, correlationId: currentCorrelationId(), trace: traceContext() };
    await this.repository.insert(connection, cause, written);
    const owed = [...new Set(written.flatMap((event) => event.owed))];
    afterCommit(connection, () => {
      for (const observer of this.observers) observer(owed);
    });
  }

  /** Whether to ask who listens. That nobody does is asked each time, that somebody does now and then. */
  private async isHeard(connection: Connection, type: EventType): Promise<boolean> {
    const now = performance.now();
    if (now < (this.heardUntil.get(type) ?? 0)) return true;
    const isHeard = await this.repository.isHeard(connection, type);
    if (isHeard) this.heardUntil.set(type, now + HEARD_FOR_MS);
    return isHeard;
  }

  /** @returns `undefined` when nobody is to be told */
  private async written(
    connection: Connection,
    event: NewEvent,
    listeners: readonly Listener[],
  ): Promise<EventWrite | undefined> {
    if (listeners.length === 0) return undefined;
    const { flowId, sourceId, baseUrl } = event;
    const classes = this.byClasses ? await event.classes() : undefined;
    const streams = listeners.some(({ id }) => id === null);
    const collections = streams ? await event.collections() : undefined;
    const admitted = listeners.filter((listener) => isWebhook(listener) && (!classes || reaches(listener, classes)));
    const owed = await this.owed(connection, event, admitted.filter(isWebhook), collections);
    if (owed.length === 0 && !streams) return undefined;
    const content = JSON.stringify(await event.content());
    return { id: randomUUID(), flowId, sourceId, content, baseUrl, classes, collections, owed };
  }

  /** The webhooks whose lists of collections let the event through. */
  private async owed(
    connection: Connection,
    event: NewEvent,
    listeners: readonly Webhook[],
    known: Collections | undefined,
  ): Promise<string[]> {
    const ids = listeners.map(({ id }) => id);
    const filtering = listeners.filter((listener) => listener.by_collections).map(({ id }) => id);
    if (filtering.length === 0) return ids;
    const collections = known ?? (await event.collections());
    const about = event.flowId === undefined ? 'source' : 'flow';
    const wanting = await this.repository.wanting(connection, filtering, collections, about);
    const refused = new Set(filtering.filter((id) => !wanting.has(id)));
    return ids.filter((id) => !refused.has(id));
  }

  /** Be told of new events of this process as soon as they are committed; those of others are found in the database. */
  observe(observer: OutboxListener): () => void {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }
}

type Webhook = Listener & { readonly id: string };

function isWebhook(listener: Listener): listener is Webhook {
  return listener.id !== null;
}

/** Whether the owner of a webhook may read what is of these classes. */
function reaches({ reach_all: all, reach }: Listener, classes: readonly string[]): boolean {
  return all || (reach?.some((name) => classes.includes(name)) ?? false);
}
