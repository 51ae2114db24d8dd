import { Injectable, Optional } from '@nestjs/common';
import { afterCommit, Configuration, type Connection } from '@tams/platform';
import { currentCorrelationId, traceCarrier } from '@tams/telemetry';
import type { Collections, EventType, NewEvent } from './event';
import { type Listener, OutboxRepository } from './outbox.repository';

/** Told, after the commit, which webhooks are owed something new; perhaps none, when only event streams wanted it. */
export type OutboxListener = (webhookIds: readonly string[]) => void;

/**
 * Where facts leave the store (ADR 0020). An event is written in the transaction of the change it tells of, so there is
 * never one without the other, and it is owed to the webhooks that exist, want it, and may be told of it at that moment.
 */
@Injectable()
export class Outbox {
  private readonly observers = new Set<OutboxListener>();

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
  async append<Type extends EventType>(connection: Connection, event: NewEvent<Type>): Promise<void> {
    const { type, flowId, sourceId, baseUrl } = event;
    const listeners = await this.repository.listeners(connection, type, flowId, sourceId);
    if (listeners.length === 0) return;
    const classes = this.byClasses ? await event.classes() : undefined;
    const streams = listeners.some(({ id }) => id === null);
    const collections = streams ? await event.collections() : undefined;
    const admitted = classes ? listeners.filter((listener) => reaches(listener, classes)) : listeners;
    const owed = await owedTo(admitted.filter(isWebhook), collections ? () => collections : event.collections);
    if (owed.length === 0 && !streams) return;
    const content = JSON.stringify(await event.content());
    const cause = { correlationId: currentCorrelationId(), traceparent: traceCarrier()['traceparent'] };
    const written = { type, flowId, sourceId, content, baseUrl, classes, collections, ...cause };
    await this.repository.insert(connection, written, owed);
    afterCommit(connection, () => {
      for (const observer of this.observers) observer(owed);
    });
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

async function owedTo(
  listeners: readonly Webhook[],
  read: () => Collections | Promise<Collections>,
): Promise<string[]> {
  const filtering = listeners.some((one) => one.flow_collected_by_ids ?? one.source_collected_by_ids);
  if (!filtering) return listeners.map(({ id }) => id);
  const { flowCollectedBy, sourceCollectedBy } = await read();
  return listeners
    .filter(
      (listener) =>
        passes(listener.flow_collected_by_ids, flowCollectedBy) &&
        passes(listener.source_collected_by_ids, sourceCollectedBy),
    )
    .map(({ id }) => id);
}

/** An empty list of collections asks for what no collection has. */
function passes(wanted: readonly string[] | null, collectedBy: readonly string[]): boolean {
  if (wanted === null) return true;
  return wanted.length === 0 ? collectedBy.length === 0 : collectedBy.some((id) => wanted.includes(id));
}
