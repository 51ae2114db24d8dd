import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { JsonSchema } from './json-schema-arbitrary';
import type { TamsClient, TamsResponse } from '../../contract/tams-client';

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }>>;
}

/** One operation of our API document. */
export interface Operation extends DocumentedOperation {
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Our own API document, `/openapi.json`, as a client reads it. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  private readonly ajv = new Ajv2020({ strict: false, logger: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  private constructor(document: OpenApi) {
    this.schemas = document.components.schemas;
    this.operations = Object.entries(document.paths)
      .flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
      )
      // Answers that do not end by themselves have tests of their own (test/events, test/insight).
      .filter(({ path }) => path !== '/service/events' && path !== '/insight/stream');
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: 'tams:document', components: document.components });
  }

  static async read(client: TamsClient): Promise<ApiDocument> {
    return new ApiDocument((await client.get<OpenApi>('/openapi.json')).body);
  }

  /** What is wrong with an answer according to the document; undefined when it fits. */
  complaint(operation: Operation, { status, body }: TamsResponse<unknown>): string | undefined {
    if (status >= 500) return `${status} is a failure of the server`;
    const response =
      operation.responses[String(status)] ?? (status >= 400 ? operation.responses['default'] : undefined);
    if (!response) return `${status} is not documented`;
    const [[mediaType, content] = []] = Object.entries(response.content ?? {});
    // Texts that are no JSON are read by parsers of their own kind in other tests.
    if (!content || !mediaType?.includes('json') || operation.method === 'HEAD') return undefined;
    const validate = this.validator(`${operation.operationId} ${status}`, content.schema);
    return validate(body) ? undefined : `the body of ${status} does not fit: ${this.ajv.errorsText(validate.errors)}`;
  }

  private validator(name: string, schema: JsonSchema): ValidateFunction {
    const known = this.compiled.get(name);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"tams:document#/components/');
    const made = this.ajv.compile(JSON.parse(text) as object);
    this.compiled.set(name, made);
    return made;
  }
}
