import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type ConvertedSchema, isZodSchema, type JsonSchema, jsonSchemaOf } from './json-schema';
import type { ParameterVocabulary } from './parameter-vocabulary';
import { addProblemExamples } from './problem-examples';
import { problemSchema } from './problem.schema';

type PathItem = OpenAPIObject['paths'][string];
type OperationObject = NonNullable<PathItem['get']>;
type ResponseObject = OperationObject['responses'][string];
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/**
 * Makes the OpenAPI 3.1 document of an application from its controllers and their zod schemas.
 * @param description title, tags and the rest that is said once, from `DocumentBuilder`
 * @param vocabulary what parameters mean, by name, from the libraries that own them
 * @throws {Error} when two different schemas have the same name
 */
export function openApiDocument(
  app: INestApplication,
  description: Omit<OpenAPIObject, 'paths'>,
  vocabulary: ParameterVocabulary = {},
): OpenAPIObject {
  const components = new Components();
  components.convert(problemSchema);
  const document = SwaggerModule.createDocument(app, description, {
    autoTagControllers: false,
    standardSchemaConverter: (schema) => (isZodSchema(schema) ? components.convert(schema) : undefined),
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of operationsOf(item)) {
      describeParameters(operation, vocabulary);
      addProblemExamples(path, operation, vocabulary);
    }
    addHeadOperation(item);
  }
  document.components = {
    ...document.components,
    schemas: sorted({ ...document.components?.schemas, ...(components.named() as Schemas) }),
  };
  return document;
}

/** The named schemas of a document; two schemas must not share a name. */
class Components {
  private readonly schemas = new Map<string, JsonSchema>();

  convert(schema: Parameters<typeof jsonSchemaOf>[0]): ConvertedSchema {
    const converted = jsonSchemaOf(schema);
    for (const [name, component] of Object.entries(converted.components)) {
      const known = this.schemas.get(name);
      if (known && JSON.stringify(known) !== JSON.stringify(component)) {
        throw new Error(`Two different schemas are called "${name}" in the OpenAPI document; rename one.`);
      }
      this.schemas.set(name, component);
    }
    return converted;
  }

  named(): Record<string, JsonSchema> {
    return Object.fromEntries(this.schemas);
  }
}

function sorted<Value>(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => a.localeCompare(b)));
}

function operationsOf(item: PathItem): OperationObject[] {
  return [item.get, item.post, item.put, item.delete, item.patch].filter((operation) => operation !== undefined);
}

function describeParameters(operation: OperationObject, vocabulary: ParameterVocabulary): void {
  for (const parameter of operation.parameters ?? []) {
    if (!('in' in parameter) || parameter.description !== undefined) continue;
    const description = vocabulary[parameter.name]?.description;
    if (description !== undefined) parameter.description = description;
  }
}

/** Fastify answers HEAD wherever it answers GET: the same answer without its body. */
function addHeadOperation(item: PathItem): void {
  if (!item.get || item.head) return;
  const { operationId, summary, responses, ...rest } = item.get;
  item.head = {
    ...rest,
    ...(operationId === undefined ? {} : { operationId: operationId.replace(/^GET_/, 'HEAD_') }),
    ...(summary === undefined ? {} : { summary: `${summary} (headers)` }),
    description: 'The headers of the GET, without its body.',
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, withoutContent(response)]),
    ),
  };
}

function withoutContent(response: ResponseObject | undefined): ResponseObject | undefined {
  if (!response || !('content' in response)) return response;
  const headersOnly = { ...response };
  delete headersOnly.content;
  return headersOnly;
}
