import type { OpenAPIObject } from '@nestjs/swagger';
import { InternalError } from '../errors/error-translation';
import type { DomainError } from '../errors/domain-error';
import { PROBLEM_MEDIA_TYPE, type Problem, titleOf } from '../errors/problem';
import type { ParameterDescription, ParameterVocabulary } from './parameter-vocabulary';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = NonNullable<Operation['responses'][string]>;

/** What a 404 says where only a malformed identifier is not found, because anything else may be created or is empty. */
export const MALFORMED_ID = 'The id in the path is malformed.';

/** Identifier in examples of a parameter whose owner names none. */
const ANY_ID = '0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e';

type Refusal = Pick<Problem, 'detail'> & { readonly code: string; readonly errors?: Problem['errors'] };

const codeOfStatus: Readonly<Record<string, string>> = {
  400: 'validation-failed',
  403: 'forbidden',
  404: 'unknown-path',
  413: 'body-too-large',
  503: 'unavailable',
};

/**
 * Gives each refusal of an operation an example that could be its own answer, made by the error that is thrown.
 * @param path template, `/things/{thingId}`
 * @param vocabulary what the parameters are called, and which errors tell of them
 */
export function addProblemExamples(path: string, operation: Operation, vocabulary: ParameterVocabulary): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const content = contentOf(response);
    if (content) content['example'] = exampleOf(status, path, operation, descriptionOf(response), vocabulary);
  }
}

function contentOf(response: Response | undefined): Record<string, unknown> | undefined {
  return response && 'content' in response
    ? (response.content[PROBLEM_MEDIA_TYPE] as Record<string, unknown> | undefined)
    : undefined;
}

function descriptionOf(response: Response | undefined): string {
  return response && 'description' in response ? response.description : '';
}

function exampleOf(
  status: string,
  path: string,
  operation: Operation,
  description: string,
  vocabulary: ParameterVocabulary,
): Problem {
  const exampleId = (name: string): string => vocabulary[name]?.example ?? ANY_ID;
  const malformed = description === MALFORMED_ID;
  const parameter = /\{([^{}]+)\}/.exec(path)?.[1] ?? '';
  const instance = path.replace(/\{([^{}]+)\}/g, (_all, name: string) =>
    malformed && name === parameter ? 'not-an-id' : exampleId(name),
  );
  const { code, detail, errors } = malformed
    ? malformedId(parameter)
    : refusal(status, vocabulary[parameter] ?? {}, exampleId(parameter), operation, description);
  const number = status === 'default' ? 500 : Number(status);
  return {
    type: `urn:x-tams:problem:${code}`,
    title: titleOf(number),
    status: number,
    detail,
    instance,
    correlation_id: '5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10',
    ...(errors ? { errors } : {}),
    message: detail,
  };
}

function malformedId(parameter: string): Refusal {
  return {
    code: 'malformed-identifier',
    detail: `There is no such resource: the ${parameter} in the path must be a lower-case UUID.`,
  };
}

function refusal(
  status: string,
  { notFound, forbidden }: ParameterDescription,
  id: string,
  operation: Operation,
  description: string,
): Refusal {
  const errors: Readonly<Record<string, ((id: string) => DomainError) | undefined>> = {
    default: () => new InternalError(undefined),
    404: notFound,
    403: forbidden,
  };
  const thrown = errors[status]?.(id);
  if (thrown) return { code: thrown.code, detail: thrown.message };
  const wrong = status === '400' ? wrongParameter(operation) : undefined;
  if (wrong) return { code: 'validation-failed', detail: `${wrong.path}: ${wrong.message}`, errors: [wrong] };
  return { code: codeOfStatus[status] ?? 'error', detail: description };
}

const messageOfType: Readonly<Record<string, string>> = {
  integer: 'must be a whole number',
  boolean: 'must be true or false',
};

/** The first query parameter whose form can be wrong, of an operation without a body. */
function wrongParameter({ parameters = [], requestBody }: Operation): { path: string; message: string } | undefined {
  if (requestBody) return undefined;
  for (const parameter of parameters) {
    if (!('in' in parameter) || parameter.in !== 'query' || parameter.name.includes('{')) continue;
    const type = parameter.schema && 'type' in parameter.schema ? String(parameter.schema.type) : '';
    const message = messageOfType[type];
    if (message !== undefined) return { path: `query.${parameter.name}`, message };
  }
  return undefined;
}
