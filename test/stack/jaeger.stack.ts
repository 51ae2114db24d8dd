import { parse } from 'yaml';
import { videoFlow } from '../support/flow-fixtures';
import { poll } from './child';
import { Jaeger, type JaegerSpan, type JaegerTrace, outlineOf, tagOf } from './jaeger-process';
import { goProgram } from './prometheus-process';
import { shipped } from './shipped-files';
import { TracedReceiver } from './traced-receiver';
import { TracedServer } from './traced-server';

const program = goProgram('jaeger', 'test/stack/jaeger.stack.ts');
const describeWithJaeger = program === undefined ? describe.skip : describe;

/** One more segment than the server deletes while its client waits (MAXIMUM_IMMEDIATE of libs/segments). */
const TOO_MANY_TO_DELETE_AT_ONCE = 1001;

/** Every span is in its trace with the span it belongs below; the outermost one is below the client's. */
function isWhole(trace: JaegerTrace): boolean {
  return outlineOf(trace).filter((line) => line.startsWith('? > ')).length === 1;
}

describeWithJaeger('Jaeger gives back whole traces', () => {
  let jaeger: Jaeger | undefined;
  let tams: TracedServer | undefined;
  let receiver: TracedReceiver | undefined;

  beforeAll(async () => {
    jaeger = await Jaeger.start(program ?? '');
    receiver = await TracedReceiver.start(jaeger.otlpUrl);
    tams = await TracedServer.start(jaeger.otlpUrl);
  });
  afterAll(async () => {
    await tams?.stop();
    await receiver?.stop();
    await jaeger?.stop();
  });

  it('of a request, found by its id and by what it was about', async () => {
    const flow = videoFlow();
    const { traceId } = await tams!.send('PUT', `/flows/${flow.id}`, flow);
    const trace = await jaeger!.trace(traceId, (found) => isWhole(found) && outlineOf(found).length > 3);
    expect(outlineOf(trace)).toEqual(
      expect.arrayContaining([
        '? > PUT /flows/{flowId}',
        'PUT /flows/{flowId} > flow.create',
        'flow.create > INSERT flows',
        'flow.create > COMMIT',
      ]),
    );
    const found = await jaeger!.search('tams-api', { 'tams.flow_id': flow.id });
    expect(found.map(({ traceID }) => traceID)).toContain(traceId);
    expect(await jaeger!.get('/api/services')).toContain('tams-api');
  });

  it('of a delivery, which the receiver goes on with, with what the caller sent along', async () => {
    const flow = videoFlow();
    await tams!.send('POST', '/service/webhooks', { url: receiver!.url, events: ['flows/created'] });
    const { traceId } = await tams!.send('PUT', `/flows/${flow.id}`, flow);
    await poll('the delivery', 30_000, () => Promise.resolve(receiver!.received.length > 0));
    const trace = await jaeger!.trace(
      traceId,
      (found) => isWhole(found) && outlineOf(found).includes('POST > POST /told'),
    );
    expect(outlineOf(trace)).toEqual(
      expect.arrayContaining(['? > PUT /flows/{flowId}', 'flow.create > POST', 'POST > POST /told']),
    );
    expect(new Set(Object.values(trace.processes).map(({ serviceName }) => serviceName))).toEqual(
      new Set(['tams-api', 'receiver']),
    );
    const delivery = trace.spans.find(({ operationName }) => operationName === 'POST')!;
    expect([tagOf(delivery, 'span.kind'), tagOf(delivery, 'http.response.status_code')]).toEqual(['client', 204]);
    expect(receiver!.received[0]).toMatchObject({
      tracestate: 'acme=of-the-caller',
      baggage: 'production=evening-news',
    });
  });

  it('of a job, which refers to the request that caused it', async () => {
    const flow = videoFlow();
    await tams!.send('PUT', `/flows/${flow.id}`, flow);
    const { answer } = await tams!.send('POST', `/flows/${flow.id}/storage`, { limit: 1 });
    const [object] = (answer as { media_objects: { object_id: string; put_url: { url: string } }[] }).media_objects;
    await fetch(object!.put_url.url, { method: 'PUT', body: 'media', headers: { 'content-type': 'video/mp2t' } });
    const segments = Array.from({ length: TOO_MANY_TO_DELETE_AT_ONCE }, (_, index) => ({
      object_id: object!.object_id,
      timerange: `[${index}:0_${index + 1}:0)`,
      ts_offset: `${index}:0`,
    }));
    await tams!.send('POST', `/flows/${flow.id}/segments`, segments);
    const { traceId, correlationId } = await tams!.send('DELETE', `/flows/${flow.id}`);
    const request = await jaeger!.trace(traceId, (found) => isWhole(found));
    // Of the two traces under the request's correlation id, the one that is not the request's own.
    const job = await poll('the job', 60_000, async () =>
      (await jaeger!.search('tams-api', { 'tams.correlation_id': correlationId })).find(
        ({ traceID }) => traceID !== traceId,
      ),
    );
    const whole = await jaeger!.trace(job.traceID, (found) =>
      outlineOf(found).some((line) => line.includes('> DELETE segments')),
    );
    expect(outlineOf(whole).filter((line) => line.startsWith('? > '))).toEqual([]);
    const [root] = outlineOf(whole).filter((line) => line.startsWith(' > '));
    expect(root).toMatch(/^ > process /);
    const consumer = whole.spans.find((span) => tagOf(span, 'span.kind') === 'consumer')!;
    const cause = consumer.references.find(({ refType }) => refType === 'FOLLOWS_FROM')!;
    expect(request.spans.map(({ spanID }) => spanID)).toContain(cause.spanID);
  });

  describe('and the links of the provisioned data sources lead somewhere', () => {
    const [prometheus, traces] = ['prometheus', 'jaeger'].map((uid) =>
      provisioned().find((source) => source.uid === uid),
    ) as [DataSource, DataSource];
    let server: JaegerSpan;
    let correlationId: string;

    beforeAll(async () => {
      const flow = videoFlow();
      const sent = await tams!.send('PUT', `/flows/${flow.id}`, flow);
      correlationId = sent.correlationId;
      // The webhook's receiver serves a request of the same trace.
      const served = ({ spans }: JaegerTrace) =>
        spans.find(({ operationName }) => operationName === 'PUT /flows/{flowId}');
      server = served(await jaeger!.trace(sent.traceId, (found) => served(found) !== undefined))!;
    });

    it('a dot on a graph to its trace', async () => {
      const [destination] = prometheus.jsonData.exemplarTraceIdDestinations ?? [];
      expect(destination?.datasourceUid).toBe(traces.uid);
      const metrics = await (
        await fetch(`${tams!.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
      ).text();
      const exemplar = new RegExp(`# \\{[^}]*${destination?.name ?? '?'}="([0-9a-f]{32})"`).exec(metrics)?.[1];
      await jaeger!.trace(exemplar ?? 'no exemplar', ({ traceID }) => traceID === exemplar);
    });

    it('what Grafana asks Jaeger when it looks for traces', async () => {
      const operations = await jaeger!.get('/api/services/tams-api/operations');
      expect(operations).toContain('PUT /flows/{flowId}');
    });

    it('a span to the figures of its endpoint', async () => {
      const links = traces.jsonData.tracesToMetrics!;
      const labels = links.tags.map(({ key, value }) => `${value}="${String(tagOf(server, key))}"`).join(',');
      expect(labels).toBe('endpoint="/flows/{flowId}"');
      const metrics = await (await fetch(`${tams!.url}/metrics`)).text();
      for (const { query } of links.queries) {
        // In a file that Grafana provisions from, `$$` stands for `$`.
        const [, name] = /\b(tams_\w+)\{\$\$__tags\}/.exec(query) ?? [];
        expect(metrics).toMatch(new RegExp(`^${name ?? '?'}\\{[^}]*${labels.replaceAll(/[{}]/g, '\\$&')}`, 'm'));
      }
    });

    it('a span to the log lines of its request', () => {
      const query = traces.jsonData.tracesToLogsV2!.query;
      const [, field = '', tag = ''] = /\| (\w+)=`\$\$\{__span\.tags\["([\w.]+)"\]\}`/.exec(query) ?? [];
      expect(tagOf(server, tag)).toBe(correlationId);
      const lines = tams!.lines().filter((line) => line.includes(`"${field}":"${correlationId}"`));
      expect(lines.some((line) => line.includes('"msg":"request"'))).toBe(true);
    });
  });
});

/** What this test reads of the data sources Grafana is provisioned with. */
interface DataSource {
  readonly uid: string;
  readonly jsonData: {
    readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly datasourceUid: string }[];
    readonly tracesToLogsV2?: { readonly query: string };
    readonly tracesToMetrics?: {
      readonly tags: readonly { readonly key: string; readonly value: string }[];
      readonly queries: readonly { readonly query: string }[];
    };
  };
}

function provisioned(): readonly DataSource[] {
  const file = parse(shipped('deploy/grafana/provisioning/datasources/datasources.yml')) as {
    datasources: readonly DataSource[];
  };
  return file.datasources;
}
