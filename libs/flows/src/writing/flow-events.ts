import { Injectable } from '@nestjs/common';
import { classesOf } from '@tams/auth';
import { type Collections, Outbox } from '@tams/outbox';
import type { Connection } from '@tams/platform';
import { SourceEvents } from '@tams/sources';
import { present } from '../reading/flow-presentation';
import { FlowRepository, type FlowRow } from '../flow.repository';

/** Which Flow an event is about. */
export interface FlowIdentity {
  readonly id: string;
  readonly source_id: string;
}

/** What others are told of Flows; always in the transaction of the change itself, while the Flow's lock is held. */
@Injectable()
export class FlowEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly flows: FlowRepository,
    private readonly sources: SourceEvents,
  ) {}

  /** Call it when the Flow and what it collects have been added. */
  created(connection: Connection, flow: FlowIdentity): Promise<void> {
    return this.tell(connection, 'flows/created', flow);
  }

  /** Call it when any of the Flow's metadata has been changed. */
  updated(connection: Connection, flow: FlowIdentity): Promise<void> {
    return this.tell(connection, 'flows/updated', flow);
  }

  /** Call it before the Flow is deleted: filters are judged by the collections it is in. */
  deleted(connection: Connection, flow: FlowIdentity): Promise<void> {
    return this.outbox.append(connection, {
      type: 'flows/deleted',
      flowId: flow.id,
      sourceId: flow.source_id,
      content: () => ({ flow_id: flow.id }),
      classes: () => this.classes(connection, flow.id),
      collections: () => this.collections(connection, flow),
    });
  }

  /** Which collections a Flow and its Source are in now, for events about its Segments too. */
  async collections(connection: Connection, flow: FlowIdentity): Promise<Collections> {
    const row = await this.flows.find(connection, flow.id);
    return {
      flowCollectedBy: row?.collected_by ?? [],
      sourceCollectedBy: await this.sources.collectedBy(connection, flow.source_id),
    };
  }

  /** The classes of a Flow now, for events about its Segments too. */
  async classes(connection: Connection, flowId: string): Promise<readonly string[]> {
    return classesOf(await this.flows.tags(connection, flowId));
  }

  private tell(connection: Connection, type: 'flows/created' | 'flows/updated', flow: FlowIdentity): Promise<void> {
    return this.outbox.append(connection, {
      type,
      flowId: flow.id,
      sourceId: flow.source_id,
      content: async () => ({ flow: present(await this.read(connection, flow.id)) }),
      classes: () => this.classes(connection, flow.id),
      collections: () => this.collections(connection, flow),
    });
  }

  private async read(connection: Connection, flowId: string): Promise<FlowRow> {
    const flow = await this.flows.find(connection, flowId);
    if (!flow) throw new Error(`Flow ${flowId} is gone while its event is written.`);
    return flow;
  }
}
