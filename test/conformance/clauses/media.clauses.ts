import { randomUUID } from 'node:crypto';
import type { Clause } from '../clause';
import { holds, type Sandbox } from '../sandbox';

interface Segment {
  readonly object_id: string;
  readonly timerange: string;
  readonly get_urls?: readonly { readonly url: string; readonly presigned?: boolean }[];
}

async function segmentsOf(
  sandbox: Sandbox,
  flowId: string,
  query: Record<string, string | boolean> = {},
): Promise<Segment[]> {
  const { body } = await sandbox.client.get<Segment[]>(`/flows/${flowId}/segments`, { query });
  return body;
}

/** Media: storage, segments, objects, deletion. */
export const mediaClauses: readonly Clause[] = [
  {
    of: 'POST /flows/{flowId}/storage',
    rule: 'gives places to upload to; what is uploaded and registered can be read back, byte for byte',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      const [objectId] = await sandbox.fill(flow, 1);
      const [segment] = await segmentsOf(sandbox, flow.id);
      const url = segment?.get_urls?.find(({ presigned }) => presigned !== false)?.url ?? segment?.get_urls?.[0]?.url;
      holds(url !== undefined, 'the segment has no get_urls');
      const answer = await fetch(url);
      holds(answer.ok, `GET of the first get_url answers ${answer.status}`);
      holds((await answer.text()) === `conformance ${objectId ?? ''}`, 'other bytes come back');
    },
  },
  {
    of: 'POST /flows/{flowId}/storage',
    rule: 'takes a client’s own object ids once, and refuses them when they are in use (400)',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      const request = { object_ids: [`conformance/${randomUUID()}`] };
      const first = await sandbox.client.post(`/flows/${flow.id}/storage`, request);
      holds(first.status === 201, `it is ${first.status}, not 201`);
      const second = await sandbox.client.post(`/flows/${flow.id}/storage`, request);
      holds(second.status === 400, `ids in use are ${second.status}, not 400`);
    },
  },
  {
    of: 'POST /flows/{flowId}/storage',
    rule: 'an object that is not registered yet is unknown to GET /objects/{objectId} (404)',
    run: async (sandbox: Sandbox): Promise<void> => {
      const [object] = await sandbox.allocate(await sandbox.create(), 1);
      const { status } = await sandbox.client.get(`/objects/${object?.object_id ?? ''}`);
      holds(status === 404, `it is ${status}`);
    },
  },
  {
    of: 'POST /flows/{flowId}/segments',
    rule: 'goes on after a segment that fails, and lists those that failed (200)',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      const [object] = await sandbox.allocate(flow, 1);
      const good = { object_id: object?.object_id ?? '', timerange: '[0:0_1:0)' };
      await sandbox.upload(good.object_id, object!.put_url);
      const bad = { object_id: randomUUID(), timerange: '[5:0_6:0)' };
      const { status, body } = await sandbox.client.post<{ failed_segments?: Segment[] }>(
        `/flows/${flow.id}/segments`,
        [bad, good],
      );
      holds(status === 200, `it is ${status}, not 200`);
      const failed = body.failed_segments?.map(({ object_id }) => object_id) ?? [];
      holds(failed.join() === bad.object_id, `failed_segments lists ${failed.join() || 'nothing'}`);
      holds((await segmentsOf(sandbox, flow.id)).length === 1, 'the good segment was not registered');
    },
  },
  {
    of: 'GET /flows/{flowId}/segments',
    rule: 'lists by time, in order and reversed, and minds whether ends are included',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      await sandbox.fill(flow, 4);
      const starts = async (query: Record<string, string | boolean>): Promise<string> =>
        (await segmentsOf(sandbox, flow.id, query))
          .map(({ timerange }) => timerange.replace(/^\[(\d+).*/, '$1'))
          .join();
      const expected: [Record<string, string | boolean>, string][] = [
        [{}, '0,1,2,3'],
        [{ reverse_order: true }, '3,2,1,0'],
        [{ timerange: '[1:0_2:0)' }, '1'],
        [{ timerange: '[1:0_2:0]' }, '1,2'],
        [{ timerange: '[1:500000000_2:500000000)' }, '1,2'],
        [{ timerange: '[2:0]' }, '2'],
        [{ timerange: '(3:999999999_' }, ''],
        [{ timerange: '_' }, '0,1,2,3'],
      ];
      for (const [query, wanted] of expected) {
        const found = await starts(query);
        holds(found === wanted, `${JSON.stringify(query)} gives [${found}], not [${wanted}]`);
      }
    },
  },
  {
    of: 'GET /flows/{flowId}/segments',
    rule: 'leaves get_urls out for an empty accept_get_urls, and pages without losing or repeating a segment',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      await sandbox.fill(flow, 3);
      const [bare] = await segmentsOf(sandbox, flow.id, { accept_get_urls: '' });
      holds((bare?.get_urls ?? []).length === 0, 'an empty accept_get_urls gives get_urls');
      const found: string[] = [];
      for await (const page of sandbox.client.pages<Segment[]>(`/flows/${flow.id}/segments`, { query: { limit: 1 } })) {
        found.push(...page.body.map(({ timerange }) => timerange));
        holds(found.length <= 3, 'pages repeat segments');
      }
      holds(found.length === 3, `three pages give ${found.length} segments`);
    },
  },
  {
    of: 'GET /flows/{flowId}',
    rule: 'tells the timerange of its segments, with include_timerange only',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      await sandbox.fill(flow, 2);
      const read = async (query: Record<string, boolean>): Promise<unknown> =>
        (await sandbox.client.get<Record<string, unknown>>(`/flows/${flow.id}`, { query })).body['timerange'];
      holds((await read({ include_timerange: true })) === '[0:0_2:0)', 'timerange is not [0:0_2:0)');
      holds((await read({})) === undefined, 'timerange is told without include_timerange');
    },
  },
  {
    of: 'GET /objects/{objectId}',
    rule: 'names the Flows that use an object, also when a second one uses it again',
    run: async (sandbox: Sandbox): Promise<void> => {
      const [first, second] = [await sandbox.create(), await sandbox.create()];
      const [object_id = ''] = await sandbox.fill(first, 1);
      const again = await sandbox.client.post(`/flows/${second.id}/segments`, { object_id, timerange: '[0:0_1:0)' });
      holds(again.status === 201, `using it again is ${again.status}, not 201`);
      const { body } = await sandbox.client.get<{ referenced_by_flows: string[]; first_referenced_by_flow?: string }>(
        `/objects/${object_id}`,
      );
      holds(
        [first.id, second.id].every((id) => body.referenced_by_flows.includes(id)),
        'a Flow is missing',
      );
      const origin = body.first_referenced_by_flow;
      holds(origin === undefined || origin === first.id, `first_referenced_by_flow is ${String(origin)}`);
    },
  },
  {
    of: 'DELETE /flows/{flowId}/segments',
    rule: 'deletes only segments that the timerange covers wholly',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      await sandbox.fill(flow, 3);
      const { status } = await sandbox.client.delete(`/flows/${flow.id}/segments`, {
        query: { timerange: '[0:500000000_2:0)' },
      });
      holds(status === 204 || status === 202, `it is ${status}`);
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const left = (await segmentsOf(sandbox, flow.id)).map(({ timerange }) => timerange).join();
        if (left === '[0:0_1:0),[2:0_3:0)') return;
        holds(status === 202, `left are ${left}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      holds(false, 'the deletion did not end within 20 seconds');
    },
  },
];
