import { runInNewContext } from 'node:vm';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { describeWithSpecification } from '../contract/specification-suite';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { startTestServer, type TestServer } from '../support/test-server';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: object;
}
interface Content {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Response {
  readonly description?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Content>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly object[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}
interface Documented {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The document itself, the pages for people, and where media bytes are: nothing a client calls by hand. */
const undocumentedPaths: readonly RegExp[] = [
  /^\/openapi\.json$/,
  /^\/docs(\/|$)/,
  /^\/console$/,
  /^\/favicon\.ico$/,
  /^\/media\//,
];

let tams: TestServer;
let document: Document;
let operations: readonly Documented[];

beforeAll(async () => {
  tams = await startTestServer();
  const answer = await tams.client.get<Document>('/openapi.json');
  document = answer.body;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => tams.stop());

/** A path whatever its parameters are called. */
const anonymous = (path: string): string => path.replace(/\{[^}]+\}|:[^/]+/g, '{}');

/** Complaints about every operation, each with its operationId. */
function complaints(about: (documented: Documented) => readonly string[]): string[] {
  return operations.flatMap((one) => about(one).map((complaint) => `${one.operation.operationId}: ${complaint}`));
}

function contentsOf({ requestBody, responses }: Operation): Content[] {
  return [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
}

function* referencesOf(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') yield value;
    else yield* referencesOf(value);
  }
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1, of this server, with the three ways to authenticate', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.servers.map((server) => server.url)).toEqual([tams.url]);
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual([
      'basic_auth',
      'bearer_token_auth',
      'url_token_auth',
    ]);
    expect(document.security).toHaveLength(3);
  });

  it('documents every route, and nothing that is none', () => {
    const routes = tams.server.routes
      .filter(({ path }) => !undocumentedPaths.some((pattern) => pattern.test(path)))
      .map(({ method, path }) => `${method} ${anonymous(path)}`);
    expect(operations.map(({ method, path }) => `${method} ${anonymous(path)}`).sort()).toEqual(
      [...new Set(routes)].sort(),
    );
  });

  it('has no reference that leads nowhere', () => {
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect([...referencesOf(document)].filter((reference) => !known.has(reference))).toEqual([]);
  });

  it('has operationIds, and parameters within an operation, that are unique', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(
      complaints(({ operation }) => {
        const names = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
        return names.filter((name, index) => names.indexOf(name) !== index);
      }),
    ).toEqual([]);
  });

  it('declares exactly the parameters of each path, as required', () => {
    expect(
      complaints(({ path, operation }) => {
        const templates = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
        const declared = (operation.parameters ?? []).filter(
          (parameter) => parameter.in === 'path' && parameter.required,
        );
        return JSON.stringify(declared.map((parameter) => parameter.name).sort()) === JSON.stringify(templates.sort())
          ? []
          : [path];
      }),
    ).toEqual([]);
  });

  it('gives every operation a summary, a described tag, a success and a failure', () => {
    const described = new Set(document.tags.filter((tag) => tag.description).map((tag) => tag.name));
    expect(
      complaints(({ operation: { summary, tags = [], responses } }) => [
        ...(summary ? [] : ['no summary']),
        ...(tags.length === 1 && tags.every((tag) => described.has(tag)) ? [] : [`tags ${tags.join()}`]),
        ...(Object.keys(responses).some((status) => status.startsWith('2')) ? [] : ['no success']),
        ...(responses['default'] ? [] : ['no failure']),
        ...Object.entries(responses).flatMap(([status, { description }]) =>
          description ? [] : [`${status} undescribed`],
        ),
      ]),
    ).toEqual([]);
  });

  it('says of every parameter what it means', () => {
    expect(
      complaints(({ operation: { parameters = [] } }) =>
        parameters.filter(({ description }) => !description).map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it('shows an example of every JSON body', () => {
    expect(
      complaints((documented) =>
        contentsOf(documented.operation).some(
          ({ schema, example, examples }) => schema && example === undefined && !examples,
        )
          ? [documented.path]
          : [],
      ),
    ).toEqual([]);
  });

  it('gives every JSON body a schema that compiles, and examples that fit it', () => {
    const ajv = new Ajv2020({ strict: false, logger: false });
    addFormats(ajv);
    ajv.addSchema({ $id: 'tams:document', components: document.components });
    const compile = (schema: object): ReturnType<Ajv2020['compile']> =>
      ajv.compile(
        JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"tams:document#/components/')) as object,
      );
    expect(
      complaints(({ method, operation }) =>
        contentsOf(operation).flatMap(({ schema, example, examples = {} }) => {
          if (!schema) return ['no schema'];
          const validate = compile(schema);
          const values = [
            ...(example === undefined ? [] : [example]),
            ...Object.values(examples).map(({ value }) => value),
          ];
          return values
            .filter((value) => !validate(value))
            .map((value) => `${method}: ${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`);
        }),
      ),
    ).toEqual([]);
  });
});

describe('examples of refusals', () => {
  interface Refusal {
    readonly type: string;
    readonly status: number;
    readonly instance: string;
    readonly errors?: readonly { readonly path: string }[];
  }
  const exampleOf = ({ operation }: Documented, status: string): Refusal | undefined =>
    operation.responses[status]?.content?.['application/problem+json']?.example as Refusal | undefined;
  /** Sends what the example is the answer to. @returns the answers that differ, by operation */
  async function differing(
    methods: readonly string[],
    status: string,
    query: (example: Refusal) => string,
    isShown: (example: Refusal) => boolean = () => true,
  ) {
    const asked: string[] = [];
    const differences: unknown[] = [];
    for (const documented of operations.filter(({ method }) => methods.includes(method))) {
      const example = exampleOf(documented, status);
      if (!example || example.type.endsWith(':unknown-path') || !isShown(example)) continue;
      const answer = await fetch(`${tams.url}${example.instance}${query(example)}`, { method: documented.method });
      const body = (await answer.json()) as object;
      asked.push(documented.operation.operationId);
      const expected = { ...example, correlation_id: (body as { correlation_id?: string }).correlation_id };
      if (JSON.stringify(body) !== JSON.stringify(expected)) differences.push({ expected, body });
    }
    return { asked, differences };
  }

  it('are given for every refusal and failure', () => {
    expect(
      complaints((documented) =>
        Object.entries(documented.operation.responses).flatMap(([status, { content = {} }]) => {
          const problem = content['application/problem+json'];
          if (!problem) return [];
          const example = exampleOf(documented, status);
          return example?.status === (status === 'default' ? 500 : Number(status)) ? [] : [`${status} has none`];
        }),
      ),
    ).toEqual([]);
  });

  it('are what the server answers where nothing is found', async () => {
    const { asked, differences } = await differing(['GET', 'DELETE'], '404', ({ instance }) =>
      instance.endsWith('/instances') ? '?label=none' : '',
    );
    expect(differences).toEqual([]);
    expect(asked.length).toBeGreaterThan(20);
  });

  it('are what the server answers to a wrong query', async () => {
    const wrong = ({ errors = [] }: Refusal): string => `?${errors[0]?.path.replace('query.', '') ?? ''}=wrong`;
    const namesParameter = ({ errors = [] }: Refusal): boolean => errors.length > 0;
    const { asked, differences } = await differing(['GET'], '400', wrong, namesParameter);
    expect(differences).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
  });
});

describe('Swagger UI', () => {
  it('lists no HEAD, and sends no optional parameter that nobody filled in', async () => {
    const start = await (await fetch(`${tams.url}/docs/swagger-ui-init.js`)).text();
    const text = /let options = (\{.*?\n\});/s.exec(start)?.[1] ?? '';
    // Its plugin is a function, which JSON cannot say.
    const shown = (runInNewContext(`(${text})`) as { swaggerDoc: Document }).swaggerDoc;
    const all = Object.entries(shown.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
    );
    expect(all.filter(({ method }) => method === 'head')).toEqual([]);
    expect(all).toHaveLength(operations.filter(({ method }) => method !== 'HEAD').length);
    const prefilled = all.flatMap(({ operation: { parameters = [] } }) =>
      parameters.filter(
        ({ required, schema }) => !required && /"(?:example|examples|default)":/.test(JSON.stringify(schema)),
      ),
    );
    expect(prefilled).toEqual([]);
  });

  it('is served at /docs, with the document of the host it is asked under', async () => {
    const page = await fetch(`${tams.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Time-addressable Media Store');
    for (const asset of ['swagger-ui-init.js', 'swagger-ui.css', 'swagger-ui-bundle.js']) {
      expect((await fetch(`${tams.url}/docs/${asset}`)).status).toBe(200);
    }
    const start = await (await fetch(`${tams.url}/docs/swagger-ui-init.js`)).text();
    expect(start).toContain(tams.url);
    expect(start).toContain('"persistAuthorization": true');
  });
});

// Last, because what is accepted stays.
describe('bodies of requests', () => {
  const compiled = (schema: object): ReturnType<Ajv2020['compile']> => {
    const ajv = new Ajv2020({ strict: false, logger: false });
    addFormats(ajv);
    ajv.addSchema({ $id: 'tams:document', components: document.components });
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"tams:document#/components/');
    return ajv.compile(JSON.parse(text) as object);
  };

  /** The value with one part of it replaced or removed, each part once for each replacement. */
  function* spoiled(value: unknown, path = 'body'): Generator<{ path: string; value: unknown }> {
    for (const other of [42, 'x', '', null, [], {}, true, -1]) yield { path, value: other };
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const rebuilt = (changed: unknown): unknown =>
        Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
      for (const one of spoiled(member, `${path}.${key}`)) yield { path: one.path, value: rebuilt(one.value) };
      if (!Array.isArray(value)) {
        const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
        yield { path: `${path}.${key}`, value: rest };
      }
    }
  }

  it('are refused by the document where the server refuses their form', async () => {
    const other = '0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e';
    const looser = new Set<string>();
    for (const { method, path, operation } of operations) {
      for (const { schema, examples = {} } of Object.values(operation.requestBody?.content ?? {})) {
        const validate = compiled(schema ?? {});
        for (const { value } of Object.values(examples)) {
          const { id = other } = value as { id?: string };
          for (const wrong of spoiled(value)) {
            if (!validate(wrong.value)) continue;
            const answer = await fetch(tams.url + path.replaceAll(/\{[^}]+\}/g, id), {
              method,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(wrong.value),
            });
            const problem =
              answer.status === 400 ? ((await answer.json()) as { type: string; detail: string }) : undefined;
            if (!problem?.type.endsWith(':validation-failed')) continue;
            if (problem.detail.includes('body.id: must')) continue;
            looser.add(`${operation.operationId} ${wrong.path}: ${problem.detail} ${JSON.stringify(wrong.value)}`);
          }
        }
      }
    }
    expect([...looser].map((text) => text.slice(0, 300))).toEqual([]);
  }, 300_000);
});

describeWithChromium('the filter of Swagger UI', () => {
  it('finds operations by path, summary and name, whatever their tag', async () => {
    const { browser, close } = await launchChromium();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`${tams.url}/docs`);
      await page.locator('.opblock').first().waitFor();
      await page.getByPlaceholder('Filter by tag').fill('segments');
      await page.locator('.opblock', { hasText: '/sources/{sourceId}/tags' }).first().waitFor({ state: 'detached' });
      const found = await page.locator('.opblock .opblock-summary-path').allInnerTexts();
      expect(found.map((path) => path.replaceAll('\u200b', ''))).toEqual(
        expect.arrayContaining(['/flows/{flowId}/segments']),
      );
      expect(found.length).toBeLessThan(10);
      expect(errors).toEqual([]);
    } finally {
      await close();
    }
  });
});

describe('pages of the document', () => {
  it('fit a phone, are compressed, and have an icon', async () => {
    const page = await fetch(`${tams.url}/docs`);
    expect(await page.text()).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    for (const path of ['/docs', '/openapi.json', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui-init.js']) {
      const packed = await fetch(tams.url + path, { headers: { 'accept-encoding': 'gzip' } });
      expect([path, packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual([
        path,
        'gzip',
        expect.stringContaining('Accept-Encoding'),
      ]);
      const plain = await fetch(tams.url + path, { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(await packed.text()).toBe(await plain.text());
    }
    const icon = await fetch(`${tams.url}/favicon.ico`);
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  });

  it('link to this server also where it lies under a path', async () => {
    const proxied = await startTestServer({ PUBLIC_BASE_URL: 'https://media.example.com/tams' });
    const { info } = (await (await fetch(`${proxied.url}/openapi.json`)).json()) as { info: { description: string } };
    await proxied.stop();
    expect(info.description).toContain('](https://media.example.com/tams/service)');
    expect(info.description).not.toContain('](/');
  });
});

describeWithSpecification('the OpenAPI document against the specification', (specification) => {
  const expected = (documented: Documented) =>
    specification.operations.find(
      (operation) => operation.method === documented.method && anonymous(operation.path) === anonymous(documented.path),
    );

  it('names operations and tags as the specification does', () => {
    expect(
      complaints((documented) => {
        const { operationId, tags } = documented.operation;
        const specified = expected(documented);
        return specified && (specified.id !== operationId || specified.tag !== tags?.[0])
          ? [`${specified.id} ${specified.tag}`]
          : [];
      }),
    ).toEqual([]);
  });

  it('has every parameter of the specification, and no other', () => {
    const names = (parameters: readonly { readonly name: string }[]): string[] =>
      parameters.map(({ name }) => name).sort();
    const query = (documented: Documented): string[] =>
      names((documented.operation.parameters ?? []).filter((parameter) => parameter.in === 'query'));
    expect(
      complaints((documented) => {
        const specified = expected(documented);
        if (!specified) return [];
        const wanted = new Set(names(specified.parameters.filter((parameter) => parameter.location === 'query')));
        const found = new Set(query(documented));
        return [
          ...[...wanted].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
          ...[...found].filter((name) => !wanted.has(name)).map((name) => `${name} is not of the specification`),
        ];
      }),
    ).toEqual([]);
  });

  it('has every response and header of the specification', () => {
    expect(
      complaints((documented) =>
        [...(expected(documented)?.responses.values() ?? [])].flatMap(({ status, headers }) => {
          const response = documented.operation.responses[status];
          if (!response) return [`${status} is missing`];
          const found = new Set(Object.keys(response.headers ?? {}).map((name) => name.toLowerCase()));
          return [...headers.keys()]
            .filter((name) => !found.has(name))
            .map((name) => `${status} lacks the header ${name}`);
        }),
      ),
    ).toEqual([]);
  });

  it('answers with a body where the specification does', () => {
    expect(
      complaints((documented) =>
        documented.method === 'HEAD'
          ? []
          : [...(expected(documented)?.responses.values() ?? [])]
              .filter(
                ({ status, content }) =>
                  status < 300 &&
                  (content !== undefined) !== (documented.operation.responses[status]?.content !== undefined),
              )
              .map(
                ({ status }) => `${status} has ${documented.operation.responses[status]?.content ? 'a' : 'no'} body`,
              ),
      ),
    ).toEqual([]);
  });
});
