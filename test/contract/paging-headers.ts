import { splitTarget, type Exchange } from './exchange';
import type { DocumentedResponse, Operation, Specification } from './specification';

/** `Link` as the specification shows it: exactly one, quoted `rel`, no commas or semicolons inside the URL. */
const nextLink = /^<([^<>,;\s]+)>; rel="next"$/;

/**
 * Complaints about the headers documented for a successful answer: those a listing always has
 * (`X-Paging-Limit`, `-Count`, `-Reverse-Order`, `-Timerange`), their values, `Link` and
 * `X-Paging-NextKey` together or not at all, and `Location` pointing at an operation of the API.
 *
 * @param items number of entries in the body, undefined when it is no array or there is none
 */
export function headerViolations(
  specification: Specification,
  operation: Operation,
  documented: DocumentedResponse,
  exchange: Exchange,
  items: number | undefined,
): string[] {
  const found: string[] = [];
  for (const [name, schema] of documented.headers) {
    const value = exchange.headers.get(name);
    if (value !== null)
      found.push(...specification.schemas.explainText(schema, value).map((line) => `header ${name}: ${line}`));
    else if (!['link', 'x-paging-nextkey'].includes(name)) found.push(`documented header ${name} is missing`);
  }
  if (documented.headers.has('x-paging-limit')) found.push(...pagingViolations(exchange, items));
  if (documented.headers.has('link')) found.push(...linkViolations(operation, exchange));
  if (documented.headers.has('location')) found.push(...locationViolations(specification, exchange));
  return found;
}

function pagingViolations({ headers, target }: Exchange, items: number | undefined): string[] {
  const { query } = splitTarget(target);
  const found: string[] = [];
  const limit = Number(headers.get('x-paging-limit') ?? NaN);
  const asked = Number(query.get('limit') ?? NaN);
  if (limit > asked) found.push(`X-Paging-Limit is ${limit}, above the limit asked for (${asked})`);
  if (items !== undefined && items > limit) found.push(`${items} items exceed X-Paging-Limit ${limit}`);

  const count = headers.get('x-paging-count');
  if (items !== undefined && count !== null && count !== String(items)) {
    found.push(`X-Paging-Count is ${count}, but the body has ${items} items`);
  }
  const reverse = headers.get('x-paging-reverse-order');
  const wanted = query.get('reverse_order') ?? 'false';
  if (reverse !== null && reverse !== wanted)
    found.push(`X-Paging-Reverse-Order is ${reverse}, asked for was ${wanted}`);
  if (headers.has('link') && (items === 0 || count === '0')) found.push('an empty page has a Link to a next one');
  return found;
}

function linkViolations(operation: Operation, exchange: Exchange): string[] {
  const link = exchange.headers.get('link');
  const key = exchange.headers.get('x-paging-nextkey');
  if (link === null) return key === null ? [] : ['X-Paging-NextKey is given without a Link'];
  const url = parsedLink(link);
  if (!url) {
    return [`Link should be one <absolute-url>; rel="next" with commas and semicolons percent-encoded, found ${link}`];
  }
  const found: string[] = [];
  const { path, query } = splitTarget(exchange.target);
  if (!url.pathname.endsWith(path)) found.push(`Link leads to ${url.pathname}, away from ${path}`);
  if (key === null) found.push('Link is given without X-Paging-NextKey');
  else if (url.searchParams.get('page') !== key) found.push(`the page of Link is not X-Paging-NextKey ${key}`);
  for (const name of new Set(query.keys())) {
    const documented = operation.parameters.some((one) => one.location === 'query' && one.pattern.test(name));
    if (!documented || name === 'page' || name === 'limit') continue;
    if (url.searchParams.getAll(name).join() !== query.getAll(name).join())
      found.push(`Link loses the query parameter ${name}`);
  }
  // The server may write down the limit it really uses instead of the one asked for.
  const limits = [query.get('limit'), exchange.headers.get('x-paging-limit')];
  if (query.has('limit') && !limits.includes(url.searchParams.get('limit')))
    found.push('Link loses the query parameter limit');
  return found;
}

function parsedLink(link: string): URL | undefined {
  const target = nextLink.exec(link)?.[1];
  const url = target === undefined ? null : URL.parse(target);
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

function locationViolations(specification: Specification, { headers }: Exchange): string[] {
  const location = headers.get('location');
  if (location === null) return [];
  const segments = URL.parse(location, 'http://localhost')?.pathname.split('/').slice(1) ?? [];
  // A public base URL may put a prefix before the API's own paths.
  const known = segments.some((_, start) => specification.find('GET', `/${segments.slice(start).join('/')}`));
  return known ? [] : [`Location ${location} leads to no operation of the specification`];
}
