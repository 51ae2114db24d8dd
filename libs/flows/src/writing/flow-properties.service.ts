import { Injectable } from '@nestjs/common';
import { type Tags, withTag } from '@tams/model';
import type { FlowCollectionItem } from '../collections/flow-collection.schema';
import { FlowPropertyNotSetError, FlowRuleError } from '../flow.errors';
import { type FlowDocument, profileFields } from '../flow.schema';
import { FlowReadingService } from '../reading/flow-reading.service';
import { FlowWritingService } from './flow-writing.service';

/** Properties of a Flow that have an address of their own and may be unset. */
export type FlowProperty = 'label' | 'description' | 'max_bit_rate' | 'avg_bit_rate';

/** Single properties and tags of a Flow; each change is a new `metadata_version`. */
@Injectable()
export class FlowPropertiesService {
  constructor(
    private readonly flows: FlowWritingService,
    private readonly reading: FlowReadingService,
  ) {}

  /** @throws {FlowPropertyNotSetError} when the Flow has no such property */
  async property(flowId: string, name: FlowProperty): Promise<unknown> {
    const value = (await this.reading.get(flowId))[name];
    if (value === undefined) throw new FlowPropertyNotSetError(flowId, name);
    return value;
  }

  setProperty(flowId: string, name: FlowProperty, value: string | number): Promise<void> {
    return this.flows.change(flowId, (document) => {
      refuseProfileField(document, name);
      return { ...document, [name]: value };
    });
  }

  removeProperty(flowId: string, name: FlowProperty): Promise<void> {
    return this.flows.change(flowId, (document) => {
      refuseProfileField(document, name);
      return without(document, name);
    });
  }

  async readOnly(flowId: string): Promise<boolean> {
    return (await this.reading.get(flowId)).read_only === true;
  }

  /** The one change a read-only Flow accepts. */
  setReadOnly(flowId: string, readOnly: boolean): Promise<void> {
    return this.flows.change(flowId, (document) => ({ ...document, read_only: readOnly }), { evenIfReadOnly: true });
  }

  async tags(flowId: string): Promise<Tags> {
    return (await this.reading.get(flowId)).tags ?? {};
  }

  /** @throws {FlowPropertyNotSetError} when the Flow has no such tag */
  async tag(flowId: string, name: string): Promise<string | string[]> {
    const tags = await this.tags(flowId);
    const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
    if (value === undefined) throw new FlowPropertyNotSetError(flowId, `tag ${name}`);
    return value;
  }

  setTag(flowId: string, name: string, value: string | string[]): Promise<void> {
    return this.flows.change(flowId, (document) => ({
      ...document,
      tags: withTag(document.tags ?? {}, name, value),
    }));
  }

  /** @throws {FlowPropertyNotSetError} when the Flow has no such tag */
  removeTag(flowId: string, name: string): Promise<void> {
    return this.flows.change(flowId, (document) => {
      const before = document.tags ?? {};
      if (!Object.hasOwn(before, name)) throw new FlowPropertyNotSetError(flowId, `tag ${name}`);
      const tags = without(before, name);
      return Object.keys(tags).length > 0 ? { ...document, tags } : without(document, 'tags');
    });
  }

  async collection(flowId: string): Promise<FlowCollectionItem[]> {
    return [...((await this.reading.get(flowId)).flow_collection ?? [])];
  }

  /** Replaces what the Flow collects; an empty list unsets it. */
  setCollection(flowId: string, items: readonly FlowCollectionItem[]): Promise<void> {
    return this.flows.change(flowId, (document) => document, { collection: items });
  }
}

function refuseProfileField(document: FlowDocument, name: FlowProperty): void {
  if (document.profile_id === undefined || !(profileFields as readonly string[]).includes(name)) return;
  throw new FlowRuleError(
    'profile-link',
    name,
    'comes from the Profile of this Flow; break the link first by a PUT of the Flow with an empty profile_id',
  );
}

/** A copy without one field that may be absent. */
function without<Values extends object>(values: Values, name: string): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) as Values;
}
