import type { OpenAPIObject } from '@nestjs/swagger';
import { InternalError } from '../errors/error-translation';
import { PROBLEM_MEDIA_TYPE, type Problem, titleOf } from '../errors/problem';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = NonNullable<Operation['responses'][string]>;

/** What a 404 says where only a malformed identifier is not found, because anything else may be created or is empty. */
export const MALFORMED_ID = 'The id in the path is malformed.';

/** Identifiers in examples, by parameter; every other identifier is {@link ANY_ID}. */
const exampleIds: Readonly<Record<string, string>> = {
  flowId: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
  sourceId: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  profileId: '329b98d6-adeb-418c-8eaf-eca14edc1706',
  objectId: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
  name: 'genre',
};
const ANY_ID = '0d4c9f4b-6b0d-4b65-a7a4-0f3a6f6c1d2e';

type Refusal = Pick<Problem, 'detail'> & { readonly code: string; readonly errors?: Problem['errors'] };

/** What is answered for an identifier nobody knows, by the first parameter of the path. */
const unknown: Readonly<Record<string, (id: string) => Refusal>> = {
  flowId: (id) => ({ code: 'flow-not-found', detail: `There is no Flow ${id}.` }),
  sourceId: (id) => ({ code: 'source-not-found', detail: `There is no Source ${id}.` }),
  profileId: (id) => ({ code: 'profile-not-found', detail: `There is no Profile ${id}.` }),
  webhookId: (id) => ({ code: 'webhook-not-found', detail: `There is no webhook ${id}.` }),
  objectId: (id) => ({ code: 'object-not-found', detail: `There is no object ${id} that a Flow Segment uses.` }),
  tokenId: (id) => ({ code: 'access-token-not-found', detail: `There is no access token ${id}.` }),
  'request-id': (id) => ({
    code: 'deletion-request-not-found',
    detail: `There is no deletion request ${id}; finished ones are forgotten after a while.`,
  }),
};

const codeOfStatus: Readonly<Record<string, string>> = {
  400: 'validation-failed',
  403: 'forbidden',
  404: 'unknown-path',
  413: 'body-too-large',
  503: 'unavailable',
};

/** Gives each refusal of an operation an example that could be its own answer. @param path template, `/flows/{flowId}` */
export function addProblemExamples(path: string, operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const content = contentOf(response);
    if (content) content['example'] = exampleOf(status, path, operation, descriptionOf(response));
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

function exampleOf(status: string, path: string, operation: Operation, description: string): Problem {
  const malformed = description === MALFORMED_ID;
  const parameter = /\{([^}]+)\}/.exec(path)?.[1] ?? '';
  const instance = path.replace(/\{([^}]+)\}/g, (_all, name: string) =>
    malformed && name === parameter ? 'not-an-id' : exampleId(name),
  );
  const { code, detail, errors } = malformed
    ? malformedId(parameter)
    : refusal(status, parameter, operation, description);
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

function exampleId(parameter: string): string {
  return exampleIds[parameter] ?? ANY_ID;
}

function malformedId(parameter: string): Refusal {
  return {
    code: 'malformed-identifier',
    detail: `There is no such resource: the ${parameter} in the path must be a lower-case UUID.`,
  };
}

function refusal(status: string, parameter: string, operation: Operation, description: string): Refusal {
  if (status === 'default') {
    const { code, message } = new InternalError(undefined);
    return { code, detail: message };
  }
  const id = exampleId(parameter);
  const named = status === '404' ? unknown[parameter]?.(id) : undefined;
  if (named) return named;
  if (status === '403' && parameter === 'flowId') {
    return { code: 'flow-read-only', detail: `Flow ${id} is read-only; PUT false to /flows/${id}/read_only first.` };
  }
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
