import type { Operation } from './specification';
import { pathsOutsideSpecification } from './allowances';

/** One row of `docs/conformance.md`: an operation, whether it is done, and what proves it. */
export interface ConformanceRow {
  readonly method: string;
  /** Path template as the specification writes it, e.g. `/flows/{flowId}`. */
  readonly path: string;
  /** `done`, or `not yet (why)`. */
  readonly status: string;
  /** Test files, in backticks; free text beside them. */
  readonly tested: string;
  /** Line in the document, from 1. */
  readonly line: number;
}

/** A route the server answers: `path` with parameters as `:name` or `{name}`. */
export interface LiveRoute {
  readonly method: string;
  readonly path: string;
}

/** Reads the table rows of the document: every line `| METHOD | path | status | tests |` whose first cell is an HTTP method. */
export function parseConformance(document: string): ConformanceRow[] {
  return document.split('\n').flatMap((text, index) => {
    const cells = text.split('|').map((cell) => cell.trim());
    const [, method = '', path = '', status = '', tested = ''] = cells;
    if (!/^[A-Z]+$/.test(method) || !text.startsWith('|')) return [];
    return [{ method, path: path.replaceAll('`', ''), status, tested, line: index + 1 }];
  });
}

/** Whether a row claims that its operation works. */
export function isDone(row: ConformanceRow): boolean {
  return row.status === 'done';
}

/** What is wrong with the rows themselves: an unknown status, an operation twice, one that is done with no test file named. */
export function rowMistakes(rows: readonly ConformanceRow[]): string[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const mistakes: string[] = [];
    const name = `line ${row.line}: ${row.method} ${row.path}`;
    if (!/^(done|not yet \([^)]+\))$/.test(row.status)) {
      mistakes.push(`${name} has the status '${row.status}'; write 'done' or 'not yet (why)'`);
    }
    if (seen.has(routeKey(row))) mistakes.push(`${name} is listed twice`);
    if (isDone(row) && testFiles(row).length === 0) mistakes.push(`${name} is done, but no test file says so`);
    seen.add(routeKey(row));
    return mistakes;
  });
}

/** Differences between the table and the specification's operations: each must have exactly its row. */
export function specificationMistakes(rows: readonly ConformanceRow[], operations: readonly Operation[]): string[] {
  const listed = new Set(rows.map((row) => `${row.method} ${row.path}`));
  const known = new Set(operations.map((operation) => `${operation.method} ${operation.path}`));
  return [
    ...[...known].filter((name) => !listed.has(name)).map((name) => `${name} of the specification has no row`),
    ...[...listed]
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `${name} has a row, but the specification has no such operation; what is ours belongs into allowances.ts alone`,
      ),
  ];
}

/**
 * Differences between the table and the routes the server has: what is done must be routed, what is not yet done must not be,
 * and a route in neither the table nor `pathsOutsideSpecification` is an extension nobody decided on.
 */
export function routeMistakes(rows: readonly ConformanceRow[], routes: readonly LiveRoute[]): string[] {
  const live = new Set(routes.map(routeKey));
  const listed = new Set(rows.map(routeKey));
  const extra = routes.filter(
    (route) =>
      route.method.toUpperCase() !== 'OPTIONS' &&
      !listed.has(routeKey(route)) &&
      !pathsOutsideSpecification.some((pattern) => pattern.test(route.path)),
  );
  return [
    ...rows
      .filter((row) => isDone(row) && !live.has(routeKey(row)))
      .map((row) => `${row.method} ${row.path} is done, but has no route`),
    ...rows
      .filter((row) => !isDone(row) && live.has(routeKey(row)))
      .map((row) => `${row.method} ${row.path} is '${row.status}', but has a route`),
    ...extra.map(
      (route) => `route ${route.method} ${route.path} is neither in the table nor an allowed extension (allowances.ts)`,
    ),
  ];
}

/** Test files named in a row, relative to the project root. */
export function testFiles(row: ConformanceRow): string[] {
  return [...row.tested.matchAll(/`([^`]+\.spec\.ts)`/g)].map((match) => match[1] ?? '');
}

/** A route whatever its parameters are called. */
function routeKey({ method, path }: LiveRoute): string {
  const template = path.replace(/\{[^}]+\}|:[^/]+/g, '{}');
  return `${method.toUpperCase()} ${template === '/' ? template : template.replace(/\/$/, '')}`;
}
