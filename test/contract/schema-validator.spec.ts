import { requestExamples, responseExamples } from './examples';
import { isObject, type JsonObject } from './json';
import { describeWithSpecification } from './specification-suite';

/** Examples of the specification that its own schemas refuse: their `created` is a date-time without a time zone (RFC 3339 wants one). */
const invalidInSpecification = ['examples/flow-get-200-data-ttml.json', 'examples/flow-get-200-multi.json'];

describeWithSpecification('SchemaValidator', (specification) => {
  const { schemas } = specification;
  const videoFlow = (): Record<string, unknown> & { essence_parameters: Record<string, unknown> } =>
    structuredClone(specification.readJson('examples/flow-get-200-video-h264.json')) as never;

  const responses = responseExamples(specification).map((example) => ({
    title: `${example.operation.id} ${example.status} ${example.name}`,
    schema: example.operation.responses.get(example.status)!.schema!,
    ...example,
  }));

  it('knows every format the schemas use', () => {
    expect(schemas.unknownFormats).toEqual([]);
  });

  it.each(
    requestExamples(specification).map((example) => [`${example.operation.id} ${example.name}`, example] as const),
  )('accepts the request example %s', (_, { operation, body }) => {
    expect(schemas.explain(operation.request!.schema, body)).toEqual([]);
  });

  it.each(responses)('accepts the response example $title', ({ schema, body, file }) => {
    const complaints = schemas.explain(schema, body);
    if (invalidInSpecification.includes(file ?? ''))
      expect(complaints).toEqual([expect.stringContaining('/created must match format')]);
    else expect(complaints).toEqual([]);
  });

  it.each(responses)('refuses the response example $title as another type', ({ schema, body }) => {
    expect(schemas.explain(schema, typeof body === 'number' ? 'text' : 42)).not.toEqual([]);
  });

  it.each(responses.filter(({ body }) => isObject(firstOf(body))))(
    'refuses the response example $title with any one member replaced by nonsense',
    ({ schema, body }) => {
      const item = firstOf(body) as JsonObject;
      const accepted = Object.keys(item).filter((name) => {
        const wrong = { ...item, [name]: [{ nonsense: null }] };
        return schemas.explain(schema, Array.isArray(body) ? [wrong] : wrong).length === 0;
      });
      expect(accepted).toEqual([]);
    },
  );

  it('every example file belongs to an operation', () => {
    const used = [...requestExamples(specification), ...responses].map((example) => example.file);
    expect(specification.exampleFiles().filter((file) => !used.includes(`examples/${file}`))).toEqual([]);
  });

  it('explains a wrong flow by the branch of its format', () => {
    const flow = videoFlow();
    delete flow.essence_parameters.frame_rate;
    flow.essence_parameters.sparkle = 1;
    const expected = [
      "/essence_parameters must have required property 'frame_rate' (read as Video Flow)",
      "/essence_parameters must NOT have unevaluated properties: 'sparkle' (read as Video Flow)",
    ];
    expect(schemas.explainFile('flow-get.json', flow)).toEqual(expected);
    expect(schemas.explainFile('flow-put.json', flow)).toEqual(expected);
  });

  it('names the place of a wrong flow inside a listing', () => {
    const listing = specification.find('GET', '/flows')!.operation.responses.get(200)!.schema!;
    expect(schemas.explain(listing, [videoFlow(), { ...videoFlow(), codec: 'none' }])).toEqual([
      '/1/codec must match pattern "^[^\\s/]+/[^\\s/]+$", found "none" (read as Video Flow)',
    ]);
  });

  it('says which formats there are when a flow has none of them', () => {
    expect(schemas.explainFile('flow-get.json', { ...videoFlow(), format: 'urn:x-nmos:format:smell' })).toContain(
      'the value is none of: Video Flow, Audio Flow, Image Flow, Data Flow, Multi-essence Flow',
    );
  });

  it('says so when a value fits two branches that exclude each other', () => {
    const both = { storage_id: crypto.randomUUID(), url: 'https://example.com/a', label: 'elsewhere' };
    expect(schemas.explainFile('objects-instances-post.json', both)).toEqual([
      'the value fits more than one of: Controlled instance, Uncontrolled instance',
    ]);
  });

  it.each([
    ['GET', '/flows', 'limit', '10', true],
    ['GET', '/flows', 'limit', 'ten', false],
    ['GET', '/flows', 'limit', '1.5', false],
    ['GET', '/flows', 'tag_exists.quality', 'true', true],
    ['GET', '/flows', 'tag_exists.quality', '1', false],
    ['GET', '/flows', 'timerange', '[0:0_10:0)', true],
    ['GET', '/flows', 'timerange', '0_10', false],
    ['GET', '/flows', 'collected_by_ids', '', true],
    ['GET', '/flows', 'collected_by_ids', 'me', false],
  ])('%s %s reads %s=%s: %s', (method, path, name, text, valid) => {
    const parameter = specification.find(method, path)!.operation.parameters.find((one) => one.pattern.test(name))!;
    expect(schemas.explainText(parameter.schema, text).length === 0).toBe(valid);
  });

  it('has the schemas of the webhook events', () => {
    const event = {
      event_timestamp: '2026-11-22T10:00:00Z',
      event_type: 'flows/created',
      event: { flow: videoFlow() },
    };
    expect(schemas.explain(specification.eventSchema('flows/created'), event)).toEqual([]);
    expect(schemas.explain(specification.eventSchema('flows/updated'), event)).not.toEqual([]);
    expect(() => specification.eventSchema('flows/eaten')).toThrow('flows/eaten');
  });
});

function firstOf(body: unknown): unknown {
  return Array.isArray(body) ? (body as unknown[])[0] : body;
}
