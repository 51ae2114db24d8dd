import { randomBytes } from 'node:crypto';
import { startTracing, type Tracing } from '@tams/telemetry';
import { eventually } from '../support/eventually';
import { InstanceFixtures } from '../http/instance-fixtures';
import { conventionalNames, ownNames } from '../telemetry/known-attributes';
import { OtlpReceiver, type ReceivedSpan } from '../telemetry/otlp-receiver';
import { changes, samples } from '../telemetry/scrape';
import { bucketEntry, describeWithGateway, gateway } from './gateway';

describeWithGateway('traces that reach into S3', () => {
  const [one, two] = [bucketEntry('one', gateway.bucket), bucketEntry('two', gateway.secondBucket)];
  let receiver: OtlpReceiver;
  let tracing: Tracing;
  let tams: InstanceFixtures;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    tracing = startTracing(
      { OTLP_ENDPOINT: receiver.endpoint, OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
      { name: 'tams-test', version: '1' },
    );
    // Nobody measures what was uploaded, so that a request has to ask the store itself.
    tams = await InstanceFixtures.start({ OBJECT_SIZE_INTERVAL_SECONDS: '3600', RECONCILE_INTERVAL_SECONDS: '0' }, [
      one,
      two,
    ]);
  });
  afterAll(async () => {
    await tams.stop();
    await tracing.stop();
    await receiver.stop();
  });

  /** Asks for something of an object's instances, in a trace of its own. @returns the trace's id */
  async function ask(method: string, path: string, body?: unknown): Promise<string> {
    const traceId = randomBytes(16).toString('hex');
    const response = await fetch(`${tams.url}${path}`, {
      method,
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.text();
    expect([method, response.ok]).toEqual([method, true]);
    return traceId;
  }

  /** A trace's spans as `parent > name`, each once. */
  const edges = (spans: readonly ReceivedSpan[]): Set<string> => {
    const nameOf = new Map(spans.map((span) => [span.spanId, span.name]));
    return new Set(spans.map((span) => `${nameOf.get(span.parentSpanId) ?? ''} > ${span.name}`));
  };
  const arrived = <T>(found: () => T | undefined): Promise<T> =>
    eventually(
      async () => {
        await tracing.flush();
        return found();
      },
      (value): value is NonNullable<Awaited<T>> => value !== undefined,
    ) as Promise<T>;

  it('follow a request from HTTP through its operation to SQL and the store, and its job to the copy', async () => {
    const before = await samples();
    const object = await tams.object(randomBytes(1000), one.id);
    const path = `/objects/${object}/instances`;
    const adding = await ask('POST', path, { storage_id: two.id });
    await tams.settled(object);
    const job = await arrived(() =>
      receiver.spans.find(
        ({ name, links }) => name.startsWith('process ') && links.some(({ traceId }) => traceId === adding),
      ),
    );
    const copying = await arrived(() => {
      const spans = receiver.trace(job.traceId);
      return spans.some(({ name }) => name === 'storage copy') ? spans : undefined;
    });
    expect([...edges(copying)]).toEqual(expect.arrayContaining([` > ${job.name}`, `${job.name} > storage copy`]));

    const removing = await ask('DELETE', `${path}?storage_id=${two.id}`);
    const request = await arrived(() => {
      const spans = receiver.trace(removing);
      return spans.some(({ kind }) => kind === 2) ? spans : undefined;
    });
    const server = 'DELETE /objects/{objectId}/instances';
    expect([...edges(request)]).toEqual(
      expect.arrayContaining([
        ` > ${server}`,
        `${server} > object.remove_instance`,
        'object.remove_instance > storage stat',
        'object.remove_instance > COMMIT',
      ]),
    );
    const stat = request.find(({ name }) => name === 'storage stat')!;
    expect([stat.kind, stat.attributes['tams.storage_backend']]).toEqual([1, one.id]);
    const call = request.find(({ name, parentSpanId }) => name === 'S3/HeadObject' && parentSpanId === stat.spanId)!;
    expect(call.kind).toBe(3);
    expect(call.attributes).toMatchObject({
      'rpc.system.name': 'aws-api',
      'rpc.method': 'S3/HeadObject',
      'aws.s3.bucket': gateway.bucket,
      'aws.s3.key': object,
      'aws.request_id': expect.stringMatching(/./) as string,
      'cloud.region': gateway.region,
      'server.address': new URL(gateway.endpoint).hostname,
      'server.port': Number(new URL(gateway.endpoint).port),
      'http.response.status_code': 200,
    });
    const known = new Set([...conventionalNames(), ...ownNames()]);
    const sent = [...copying, ...request].flatMap(({ attributes }) => Object.keys(attributes));
    expect(sent.filter((name) => !known.has(name))).toEqual([]);

    const copies = changes(before, await samples(), 'tams_s3_operation_duration_seconds_count').filter(
      ({ labels, value }) => labels['operation'] === 'copy' && value > 0,
    );
    expect(copies).toEqual([
      expect.objectContaining({ labels: { operation: 'copy', storage_backend: two.id }, value: 1 }),
    ]);
  });
});
