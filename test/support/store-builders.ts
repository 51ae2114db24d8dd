import type { TamsClient } from '../contract/tams-client';
import { videoFlow } from './flow-fixtures';

/** An object a client may upload (POST /flows/{flowId}/storage). */
export interface AllocatedObject {
  readonly object_id: string;
  readonly put_url: {
    readonly url: string;
    readonly 'content-type': string;
    readonly headers?: Readonly<Record<string, string>>;
  };
}

/** Makes a Flow through the API. @param changes metadata on top of the usual video Flow's @returns its id */
export async function createFlow(client: TamsClient, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const flow = videoFlow(changes);
  const { status, body } = await client.put(`/flows/${flow.id}`, flow);
  if (status !== 201) throw new Error(`Creating a Flow answered ${status}: ${JSON.stringify(body)}`);
  return flow.id;
}

/** Allocates objects through the API. @param request body of the request; one object unless it says otherwise */
export async function allocateObjects(
  client: TamsClient,
  flowId: string,
  request: Readonly<Record<string, unknown>> = { limit: 1 },
): Promise<AllocatedObject[]> {
  const { status, body } = await client.post<{ media_objects: AllocatedObject[] }>(`/flows/${flowId}/storage`, request);
  if (status !== 201) throw new Error(`Allocating answered ${status}: ${JSON.stringify(body)}`);
  return body.media_objects;
}
