import { randomUUID } from 'node:crypto';
import type { Clause } from '../clause';
import { holds, type Sandbox } from '../sandbox';

type Flow = Readonly<Record<string, unknown>>;

/** Flows and Sources: their lives, their properties, their filters. */
export const flowClauses: readonly Clause[] = [
  {
    of: 'PUT /flows/{flowId}',
    rule: 'creates a Flow (201) and its Source, which takes label and description from it, and replaces it (204)',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      const source = await sandbox.client.get<Flow>(`/sources/${flow.source_id}`);
      holds(source.body['label'] === flow['label'], 'the Source has not the label of its first Flow');
      const again = await sandbox.client.put(`/flows/${flow.id}`, { ...flow, label: 'changed' });
      holds(again.status === 204, `the second PUT answers ${again.status}, not 204`);
      const read = await sandbox.client.get<Flow>(`/flows/${flow.id}`);
      holds(read.body['label'] === 'changed', 'the label is not the new one');
      await sandbox.client.head(`/flows/${flow.id}`);
    },
  },
  {
    of: 'PUT /flows/{flowId}',
    rule: 'ignores what the server manages itself, so that a Flow can be written as it was read elsewhere',
    run: async (sandbox: Sandbox): Promise<void> => {
      const managed = {
        created: '2001-01-01T00:00:00Z',
        metadata_updated: '2001-01-01T00:00:00Z',
        timerange: '[0:0_9:0)',
      };
      const flow = await sandbox.create(sandbox.videoFlow(managed));
      const { body } = await sandbox.client.get<Flow>(`/flows/${flow.id}`, { query: { include_timerange: true } });
      holds(!String(body['created']).startsWith('2001'), 'created was taken from the request');
      holds(body['timerange'] !== '[0:0_9:0)', 'timerange was taken from the request');
    },
  },
  {
    of: 'PUT /flows/{flowId}',
    rule: 'refuses what breaks a schema or a rule between fields (400)',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = sandbox.videoFlow();
      const essence = flow['essence_parameters'] as Flow;
      const wrong = [
        { codec: undefined },
        { format: 'video' },
        { essence_parameters: { ...essence, frame_rate: undefined } },
        { essence_parameters: { ...essence, vfr: true } },
        { essence_parameters: { ...essence, frame_width: 'wide' } },
        { id: randomUUID() },
      ];
      for (const change of wrong) {
        const { status } = await sandbox.client.put(`/flows/${flow.id}`, { ...flow, ...change });
        holds(status === 400, `${JSON.stringify(change)} is ${status}, not 400`);
      }
    },
  },
  {
    of: 'PUT /flows/{flowId}',
    rule: 'makes a new metadata_version with every change',
    run: async (sandbox: Sandbox): Promise<void> => {
      const flow = await sandbox.create();
      const versionOf = async (): Promise<unknown> =>
        (await sandbox.client.get<Flow>(`/flows/${flow.id}`)).body['metadata_version'];
      const before = await versionOf();
      await sandbox.client.put(`/flows/${flow.id}/label`, randomUUID());
      holds((await versionOf()) !== before, 'a new label leaves the metadata_version as it was');
    },
  },
  {
    of: '/flows/{flowId}/{property}',
    rule: 'label, description, max_bit_rate and tags can be set, read, unset, and are 404 when unset',
    run: async (sandbox: Sandbox): Promise<void> => {
      const { id } = await sandbox.create();
      const values = { label: 'L', description: 'D', max_bit_rate: 5000, 'tags/kit': ['a', 'b'] };
      for (const [property, value] of Object.entries(values)) {
        const path = `/flows/${id}/${property}`;
        holds((await sandbox.client.put(path, value)).status === 204, `PUT ${property} is not 204`);
        const { body } = await sandbox.client.get(path);
        holds(JSON.stringify(body) === JSON.stringify(value), `${property} reads ${JSON.stringify(body)}`);
        holds((await sandbox.client.delete(path)).status === 204, `DELETE ${property} is not 204`);
        holds((await sandbox.client.get(path)).status === 404, `${property} can be read after its deletion`);
      }
    },
  },
  {
    of: '/flows/{flowId}/read_only',
    rule: 'a read-only Flow refuses changes of metadata, storage, segments and deletion (403) until it is writable again',
    run: async (sandbox: Sandbox): Promise<void> => {
      const { client } = sandbox;
      const flow = await sandbox.create();
      holds((await client.put(`/flows/${flow.id}/read_only`, true)).status === 204, 'PUT read_only is not 204');
      const refused = [
        await client.put(`/flows/${flow.id}/label`, 'x'),
        await client.put(`/flows/${flow.id}`, flow),
        await client.post(`/flows/${flow.id}/storage`, { limit: 1 }),
        await client.post(`/flows/${flow.id}/segments`, { object_id: 'x', timerange: '[0:0_1:0)' }),
        await client.delete(`/flows/${flow.id}`),
      ].map(({ status }) => status);
      holds(
        refused.every((status) => status === 403),
        `answers are ${refused.join(', ')}, not 403`,
      );
      holds((await client.put(`/flows/${flow.id}/read_only`, false)).status === 204, 'it cannot be made writable');
      holds((await client.put(`/flows/${flow.id}/label`, 'x')).status === 204, 'it is not writable again');
    },
  },
  {
    of: '/flows/{flowId}/flow_collection',
    rule: 'collects Flows, tells the collected ones (collected_by), and gives their Sources a collection',
    run: async (sandbox: Sandbox): Promise<void> => {
      const member = await sandbox.create();
      const multi = await sandbox.create({
        id: randomUUID(),
        source_id: randomUUID(),
        label: 'TAMS conformance kit: may be deleted',
        format: 'urn:x-nmos:format:multi',
        container: 'video/mp2t',
        flow_collection: [{ id: member.id, role: 'video' }],
      });
      const { body } = await sandbox.client.get<{ collected_by?: string[] }>(`/flows/${member.id}`);
      holds(body.collected_by?.includes(multi.id) ?? false, 'collected_by does not name the collection');
      const source = await sandbox.client.get<{ source_collection?: { id: string }[] }>(`/sources/${multi.source_id}`);
      holds(
        source.body.source_collection?.some(({ id }) => id === member.source_id) ?? false,
        'the Source has no source_collection with the member’s Source',
      );
    },
  },
  {
    of: 'GET /flows',
    rule: 'filters by source_id, format, codec, label, tags (values and presence) and frame size',
    run: async (sandbox: Sandbox): Promise<void> => {
      const kit = randomUUID();
      const flow = await sandbox.create(sandbox.videoFlow({ label: kit, tags: { kit, list: ['a', 'b'] } }));
      const find = async (query: Record<string, string>): Promise<boolean> => {
        const { body } = await sandbox.client.get<{ id: string }[]>('/flows', { query: { 'tag.kit': kit, ...query } });
        return body.some(({ id }) => id === flow.id);
      };
      const found: Record<string, string>[] = [
        {},
        { source_id: flow.source_id },
        { format: 'urn:x-nmos:format:video' },
        { codec: 'video/h264' },
        { label: kit },
        { 'tag.list': 'x,b' },
        { 'tag_exists.list': 'true' },
        { frame_width: '1920', frame_height: '1080' },
        { timerange: '()' },
      ];
      for (const query of found) holds(await find(query), `${JSON.stringify(query)} does not find the Flow`);
      const missed: Record<string, string>[] = [
        { source_id: randomUUID() },
        { format: 'urn:x-nmos:format:audio' },
        { label: 'other' },
        { 'tag.list': 'c' },
        { 'tag_exists.list': 'false' },
        { frame_width: '1' },
      ];
      for (const query of missed) holds(!(await find(query)), `${JSON.stringify(query)} finds the Flow`);
    },
  },
];
