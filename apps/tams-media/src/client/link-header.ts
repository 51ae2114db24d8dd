/**
 * The absolute URL of the next page, from a `Link` header (RFC 8288), or undefined on the last page.
 * @param base URL of the request, for servers that answer with a relative link
 */
export function nextPage(header: string | null, base: string): string | undefined {
  for (const link of (header ?? '').matchAll(/<([^<>]*)>((?:"[^"]*"|[^"<,])*)/g)) {
    const relations = /;[\t ]*rel[\t ]*=[\t ]*"?([^";,]*)/i.exec(link[2] ?? '')?.[1] ?? '';
    if (relations.toLowerCase().split(/\s+/).includes('next') && link[1]) return new URL(link[1], base).href;
  }
  return undefined;
}
