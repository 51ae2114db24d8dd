import { randomUUID } from 'node:crypto';
import { type Example, requestExamples } from '../contract/examples';
import { describeWithSpecification } from '../contract/specification-suite';
import { audioFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;

/** Paths whose operations belong to later work; their rows in docs/conformance.md say so. */
const notYet = /^\/service\/webhooks|^\/objects\/.*\/instances/;

describeWithSpecification('every example body of the specification', (specification) => {
  const examples = requestExamples(specification).filter((example) => !notYet.test(example.operation.path));
  let tams: TestServer;

  beforeEach(async () => {
    tams = await startTestServer();
  });
  afterEach(() => tams.stop());

  async function put(flow: { id: string } & Json): Promise<void> {
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  }

  /** Brings about what the example refers to, and returns the path parameters it is sent with. */
  async function prepare({ operation, body }: Example): Promise<Record<string, string>> {
    const { id } = (body ?? {}) as { id?: string };
    if (operation.path.startsWith('/service')) return { profileId: id ?? randomUUID() };
    if (operation.path === '/flows/{flowId}') {
      const flow = body as Json;
      for (const { id: member } of (flow['flow_collection'] as { id: string }[] | undefined) ?? []) {
        if (member !== id) await put(audioFlow({ id: member }));
      }
      const profileId = flow['profile_id'];
      if (typeof profileId === 'string') {
        const { format, codec, container, essence_parameters } = audioFlow();
        const profile = { id: profileId, flow_metadata: { format, codec, container, essence_parameters } };
        expect((await tams.client.post(`/service/profiles/${profileId}`, profile)).status).toBe(201);
      }
      return { flowId: id ?? '' };
    }
    const flow = videoFlow();
    await put(flow);
    if (operation.path.endsWith('/flow_collection')) {
      for (const { id: member } of body as { id: string }[]) await put(audioFlow({ id: member }));
    }
    if (operation.path.endsWith('/segments')) {
      const { object_id: objectId } = body as { object_id: string };
      const allocated = await tams.client.post(`/flows/${flow.id}/storage`, { object_ids: [objectId] });
      expect(allocated.status).toBe(201);
    }
    return { flowId: flow.id, sourceId: flow.source_id, name: 'example' };
  }

  it.each(
    examples.map(
      (example) => [`${example.operation.method} ${example.operation.path}`, example.name, example] as const,
    ),
  )('%s accepts %s', async (_operation, _name, example) => {
    const parameters = await prepare(example);
    const path = example.operation.path.replace(
      /\{([^}]+)\}/g,
      (_match, name: string) => parameters[name] ?? randomUUID(),
    );
    const answer = await tams.client.send(example.operation.method, path, example.body);
    expect([200, 201, 204]).toContain(answer.status);
  });

  it('has examples to try', () => {
    expect(examples.length).toBeGreaterThan(12);
  });
});
