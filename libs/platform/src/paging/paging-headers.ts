import type { Page } from './page';

/**
 * Headers of a page: `X-Paging-*`, and one absolute `Link` to the next page, with every character that RFC 8288 parsers
 * trip over (`,` `;` `<` `>`) percent-encoded. None on the last page.
 * @param baseUrl where clients reach this server, without a trailing slash
 * @param requestUrl path and query of the request
 */
export function pagingHeaders(
  page: Page<unknown, unknown>,
  baseUrl: string,
  requestUrl: string,
): Record<string, string> {
  const { limit, nextKey, reverseOrder, timerange } = page.details;
  const headers: Record<string, string> = {
    'X-Paging-Limit': String(limit),
    'X-Paging-Count': String(page.items.length),
  };
  if (reverseOrder !== undefined) headers['X-Paging-Reverse-Order'] = String(reverseOrder);
  if (timerange !== undefined) headers['X-Paging-Timerange'] = timerange;
  if (nextKey !== undefined) {
    headers['X-Paging-NextKey'] = nextKey;
    headers['Link'] = `<${nextUrl(baseUrl, requestUrl, nextKey)}>; rel="next"`;
  }
  return headers;
}

function nextUrl(baseUrl: string, requestUrl: string, nextKey: string): string {
  const [path = '/', query = ''] = requestUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.delete('access_token');
  parameters.set('page', nextKey);
  return `${baseUrl}${path.replace(/[,;<>]/g, encodeURIComponent)}?${parameters.toString()}`;
}
