import {
  generallyPermittedErrors,
  headersThatVary,
  parametersThatMayBeEmpty,
  pathsOutsideSpecification,
} from './allowances';
import { mediaType, readJson, splitTarget, type Exchange } from './exchange';
import { headerViolations } from './paging-headers';
import { problemViolations } from './problem-details';
import { loadSpecification } from './specification';
import type { DocumentedResponse, Operation, OperationMatch, Specification } from './specification';

/** An exchange broke the contract; the message lists everything that is wrong with it. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';

  /** @param violations one readable line for each breach, in the order they were found */
  constructor(
    exchange: Exchange,
    readonly violations: readonly string[],
  ) {
    const body = exchange.text === '' ? '' : `\nThe answer's body begins: ${exchange.text.slice(0, 400)}`;
    super(
      `${exchange.method} ${exchange.target} -> ${exchange.status} breaks the TAMS contract:\n` +
        violations.map((violation) => `  - ${violation}`).join('\n') +
        body,
    );
  }
}

/**
 * Holds requests and answers against the TAMS specification.
 *
 * A successful answer (below 400) must be documented for its operation, with the documented headers and body, and its
 * request must have been valid too: a server that accepts what the contract forbids is as wrong as one that refuses what it allows.
 * An error must be documented or generally permitted (`allowances.ts`), and be a problem document.
 */
export class ContractChecker {
  /** @param problemDetails whether errors must be RFC 9457 problems, as ours are; the specification does not ask for that */
  constructor(
    private readonly specification: Specification,
    private readonly problemDetails = true,
  ) {}

  /** @throws ContractViolation when the exchange breaks the contract. */
  check(exchange: Exchange): void {
    const violations = this.violations(exchange);
    if (violations.length > 0) throw new ContractViolation(exchange, violations);
  }

  /**
   * Checks that a HEAD answered as the GET of the same target does, without its body (RFC 9110, 9.3.2).
   * @throws ContractViolation when they differ.
   */
  checkHead(head: Exchange, get: Exchange): void {
    const violations: string[] = [];
    if (head.status !== get.status) violations.push(`HEAD answers ${head.status}, GET answers ${get.status}`);
    const names = new Set([...head.headers.keys(), ...get.headers.keys()]);
    for (const name of names) {
      if (headersThatVary.has(name)) continue;
      const [onHead, onGet] = [head.headers.get(name), get.headers.get(name)];
      // A HEAD may leave out the length of the body it does not send.
      if (onHead !== onGet && !(name === 'content-length' && onHead === null)) {
        violations.push(`header ${name}: HEAD has ${onHead ?? 'none'}, GET has ${onGet ?? 'none'}`);
      }
    }
    if (violations.length > 0) throw new ContractViolation(head, violations);
  }

  /** Everything that breaks the contract in an exchange, in readable lines; none when it is kept. */
  violations(exchange: Exchange): string[] {
    const { path } = splitTarget(exchange.target);
    if (pathsOutsideSpecification.some((pattern) => pattern.test(path))) return [];
    const found = exchange.method === 'HEAD' && exchange.text !== '' ? ['an answer to HEAD has a body'] : [];
    const match = this.specification.find(exchange.method, path);
    if (!match) return [...found, ...this.unmatched(exchange, path)];
    const documented = match.operation.responses.get(exchange.status);
    if (exchange.status >= 400) {
      if (!documented && !generallyPermittedErrors.has(exchange.status))
        found.push(undocumented(exchange, match.operation));
      return [...found, ...this.problems(exchange)];
    }
    if (!documented) return [...found, undocumented(exchange, match.operation)];
    return [
      ...found,
      ...this.requestViolations(exchange, match),
      ...this.answerViolations(exchange, match.operation, documented),
    ];
  }

  private problems(exchange: Exchange): string[] {
    return this.problemDetails ? problemViolations(exchange) : [];
  }

  private unmatched(exchange: Exchange, path: string): string[] {
    const known = this.specification.methodsOf(path);
    // A CORS preflight is no operation of the API.
    if (exchange.method === 'OPTIONS' && known.length > 0 && exchange.status < 400) return [];
    if (exchange.status < 400) {
      return [`the specification has no ${exchange.method} ${path}; an extension of ours belongs into allowances.ts`];
    }
    const expected = generallyPermittedErrors.has(exchange.status)
      ? []
      : [`${exchange.status} for a request outside the specification; expected ${known.length > 0 ? 405 : 404}`];
    return [...expected, ...this.problems(exchange)];
  }

  private requestViolations(exchange: Exchange, match: OperationMatch): string[] {
    return [
      ...this.pathViolations(match),
      ...this.queryViolations(exchange, match.operation),
      ...this.requestBodyViolations(exchange, match.operation),
    ];
  }

  private pathViolations({ operation, pathValues }: OperationMatch): string[] {
    return operation.parameters
      .filter((parameter) => parameter.location === 'path')
      .flatMap(({ name, schema }) =>
        this.specification.schemas
          .explainText(schema, pathValues.get(name) ?? '')
          .map((line) => `accepted an invalid path parameter ${name}: ${line}`),
      );
  }

  private queryViolations(exchange: Exchange, operation: Operation): string[] {
    const { query } = splitTarget(exchange.target);
    return [...query].flatMap(([name, value]) => {
      if (this.specification.credentialParameters.has(name)) return [];
      const parameter = operation.parameters.find((one) => one.location === 'query' && one.pattern.test(name));
      if (!parameter) return [`query parameter ${name} is not documented for ${operation.id}`];
      if (value === '' && parametersThatMayBeEmpty.has(name)) return [];
      const lines = this.specification.schemas.explainText(parameter.schema, value);
      return lines.map((line) => `accepted an invalid query parameter ${name}: ${line}`);
    });
  }

  private requestBodyViolations(exchange: Exchange, operation: Operation): string[] {
    const { request } = operation;
    // A batch of segments that succeeds in part (200) may hold segments that are wrong in any way.
    if (!request || (operation.id === 'POST_flows-flowId-segments' && exchange.status === 200)) return [];
    if (exchange.requestText === '') return request.required ? ['accepted a request without the required body'] : [];
    const type = mediaType(exchange.requestHeaders);
    if (type !== 'application/json')
      return [`accepted a request body of ${type ?? 'no type'}, documented is application/json`];
    const reading = readJson(exchange.requestText);
    if ('failure' in reading) return [`accepted a request body that is not JSON: ${reading.failure}`];
    const lines = this.specification.schemas.explain(request.schema, reading.value);
    return lines.map((line) => `accepted an invalid request body: ${line}`);
  }

  private answerViolations(exchange: Exchange, operation: Operation, documented: DocumentedResponse): string[] {
    const body =
      exchange.method === 'HEAD'
        ? this.headTypeViolations(exchange, operation)
        : this.bodyViolations(exchange, documented);
    return [...body.violations, ...headerViolations(this.specification, operation, documented, exchange, body.items)];
  }

  private bodyViolations(exchange: Exchange, { schema }: DocumentedResponse): BodyCheck {
    if (!schema) {
      return {
        violations: exchange.text === '' ? [] : [`${exchange.status} is documented without a body, but has one`],
      };
    }
    const violations: string[] = [];
    const type = mediaType(exchange.headers);
    if (type !== 'application/json') violations.push(`the body should be application/json, found ${type ?? 'no type'}`);
    const reading = readJson(exchange.text);
    if ('failure' in reading) return { violations: [...violations, `the body is not JSON: ${reading.failure}`] };
    violations.push(...this.specification.schemas.explain(schema, reading.value).map((line) => `body: ${line}`));
    return Array.isArray(reading.value) ? { violations, items: reading.value.length } : { violations };
  }

  /** The HEAD operations document a `string` body that HTTP forbids; their type is the one of the GET. */
  private headTypeViolations(exchange: Exchange, operation: Operation): BodyCheck {
    const get = this.specification.find('GET', operation.path)?.operation;
    const type = mediaType(exchange.headers);
    if (!get?.responses.get(exchange.status)?.schema || type === 'application/json') return { violations: [] };
    return { violations: [`HEAD should have the GET's type application/json, found ${type ?? 'no type'}`] };
  }
}

interface BodyCheck {
  readonly violations: string[];
  /** Number of entries of an array body. */
  readonly items?: number;
}

let shared: ContractChecker | undefined;

/** The checker of this process, its schemas compiled once; undefined where the specification is absent. */
export function contractChecker(): ContractChecker | undefined {
  const specification = loadSpecification();
  if (specification) shared ??= new ContractChecker(specification);
  return shared;
}

function undocumented({ status }: Exchange, { id, responses }: Operation): string {
  return `status ${status} is not documented for ${id} (documented: ${[...responses.keys()].join(', ')})`;
}
