import type { Parameters } from '@tams/platform';

/** Texts that are searched, as the indexes `flows_searched` and `sources_searched` hold them. */
const searchedTexts = {
  flow: `left(lower(f.id::text || ' ' || f.source_id::text || ' ' || coalesce(f.label, '') || ' ' ||
    coalesce(f.document ->> 'description', '') || ' ' || coalesce(f.document ->> 'tags', '')), 4000)`,
  source: `left(lower(s.id::text || ' ' || coalesce(s.label, '') || ' ' || coalesce(s.description, '') || ' ' || coalesce(s.tags::text, '')), 4000)`,
} as const;

/** SQL: whether a text occurs anywhere in what is searched of the Flow `f` or the Source `s`; what it holds is no pattern. */
export function searchCondition(kind: keyof typeof searchedTexts, text: string, parameters: Parameters): string {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return `${searchedTexts[kind]} LIKE lower(${parameters.add(pattern)})`;
}
