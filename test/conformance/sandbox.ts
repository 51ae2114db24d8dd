import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContractChecker } from '../contract/contract-checker';
import { TamsClient, type TamsResponse } from '../contract/tams-client';

/** How long the deletion of one Flow may take, in milliseconds, before it is left to the operator. */
const DELETION_PATIENCE_MS = 60_000;

/** A part of the specification this server does not offer, or that needs what it does not offer. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}

/** A rule of the specification's descriptions that an answer breaks. */
export class ClauseBroken extends Error {
  override readonly name = 'ClauseBroken';
}

/** @throws {ClauseBroken} unless it holds */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new ClauseBroken(otherwise);
}

/** A Flow as it is put. */
export interface FlowBody extends Record<string, unknown> {
  readonly id: string;
  readonly source_id: string;
}

/** The server under test, and everything that was made there: ids of its own, so that what others keep there is not touched. */
export class Sandbox {
  readonly client: TamsClient;
  private readonly flows: string[] = [];
  private readonly webhooks: string[] = [];

  constructor(url: string, headers: Readonly<Record<string, string>>, checker: ContractChecker) {
    this.client = new TamsClient(url, { headers, checker });
  }

  /** A video Flow with ids of its own. */
  videoFlow(changes: Readonly<Record<string, unknown>> = {}): FlowBody {
    return {
      id: randomUUID(),
      source_id: randomUUID(),
      label: 'TAMS conformance kit: may be deleted',
      format: 'urn:x-nmos:format:video',
      codec: 'video/h264',
      container: 'video/mp2t',
      essence_parameters: { frame_width: 1920, frame_height: 1080, frame_rate: { numerator: 25, denominator: 1 } },
      ...changes,
    };
  }

  /** Creates a Flow, which is deleted in the end. */
  async create(flow: FlowBody = this.videoFlow()): Promise<FlowBody> {
    this.flows.push(flow.id);
    const answer = await this.client.put(`/flows/${flow.id}`, flow);
    holds(answer.status === 201, `PUT of a new Flow answers ${answer.status}, not 201`);
    return flow;
  }

  /** Allocates objects of a Flow, uploads a few bytes to each, and registers them as segments of one second each. */
  async fill(flow: FlowBody, segments: number): Promise<readonly string[]> {
    const objects = await this.allocate(flow, segments);
    for (const { object_id, put_url } of objects) await this.upload(object_id, put_url);
    const list = objects.map(({ object_id }, second) => ({ object_id, timerange: `[${second}:0_${second + 1}:0)` }));
    const answer = await this.client.post(`/flows/${flow.id}/segments`, list);
    holds(answer.status === 201, `POST of ${segments} segments answers ${answer.status}, not 201`);
    return objects.map(({ object_id }) => object_id);
  }

  async allocate(flow: FlowBody, limit: number): Promise<readonly Allocated[]> {
    const answer = await this.client.post<{ media_objects?: Allocated[] }>(`/flows/${flow.id}/storage`, { limit });
    holds(answer.status === 201, `POST …/storage answers ${answer.status}, not 201`);
    const objects = answer.body.media_objects ?? [];
    holds(objects.length > 0 && objects.length <= limit, `storage for ${limit} objects gives ${objects.length}`);
    if (objects.length < limit) throw new NotOffered(`this server allocates only ${objects.length} objects a request`);
    return objects;
  }

  async upload(objectId: string, { url, 'content-type': type, headers = {} }: PutUrl): Promise<void> {
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      body: `conformance ${objectId}`,
    });
    holds(answer.ok, `PUT to the put_url of ${objectId} answers ${answer.status}`);
  }

  /** Registers a webhook that sends nothing, and that is deleted in the end. */
  async webhook(body: Readonly<Record<string, unknown>>): Promise<TamsResponse<{ id: string }>> {
    const answer = await this.client.post<{ id: string }>('/service/webhooks', { status: 'disabled', ...body });
    if (answer.status === 404) throw new NotOffered('this server has no webhooks');
    if (answer.status === 201) this.webhooks.push(answer.body.id);
    return answer;
  }

  /** Deletes all that was made. @returns what could not be deleted, in words */
  async cleanUp(): Promise<string[]> {
    const left: string[] = [];
    for (const id of this.webhooks) {
      const answer = await this.client.delete(`/service/webhooks/${id}`, { check: false });
      if (answer.status >= 400 && answer.status !== 404) left.push(`webhook ${id} (${answer.status})`);
    }
    for (const id of this.flows) {
      const problem = await this.deleteFlow(id);
      if (problem !== undefined) left.push(`Flow ${id} (${problem})`);
    }
    return left;
  }

  private async deleteFlow(id: string): Promise<string | undefined> {
    await this.client.put(`/flows/${id}/read_only`, false, { check: false });
    const { status } = await this.client.delete(`/flows/${id}`, { check: false });
    if (status === 404 || status === 204) return undefined;
    if (status !== 202) return String(status);
    const end = Date.now() + DELETION_PATIENCE_MS;
    while (Date.now() < end) {
      await delay(200);
      if ((await this.client.get(`/flows/${id}`, { check: false })).status === 404) return undefined;
    }
    return 'still being deleted';
  }
}

interface PutUrl {
  readonly url: string;
  readonly 'content-type'?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One object to upload. */
export interface Allocated {
  readonly object_id: string;
  readonly put_url: PutUrl;
}
