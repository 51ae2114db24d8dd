/** Headers of a response, as the document describes them. */
export type HeaderDescriptions = Record<
  string,
  { description: string; schema: { type: 'string' | 'integer' | 'boolean' } }
>;

/** Which optional paging headers a listing writes beside the common ones. */
export type Paging = true | { readonly reverseOrder?: true; readonly timerange?: true };

/** The paging headers that `pagingHeaders` writes. */
export function pagingHeaderDescriptions(paging: Paging): HeaderDescriptions {
  const { reverseOrder, timerange } = paging === true ? {} : paging;
  return {
    Link: {
      description: 'URL of the next page, with `rel="next"`; absent on the last page.',
      schema: { type: 'string' },
    },
    'X-Paging-Limit': {
      description: 'The limit in force, which may be lower than the one asked for.',
      schema: { type: 'integer' },
    },
    'X-Paging-Count': { description: 'Number of items on this page.', schema: { type: 'integer' } },
    'X-Paging-NextKey': {
      description: 'Key of the next page, for the `page` parameter; absent on the last page.',
      schema: { type: 'string' },
    },
    ...(reverseOrder
      ? { 'X-Paging-Reverse-Order': { description: 'Whether the order is reversed.', schema: { type: 'boolean' } } }
      : {}),
    ...(timerange
      ? {
          'X-Paging-Timerange': {
            description: 'Timerange that the items of this page cover.',
            schema: { type: 'string' },
          },
        }
      : {}),
  };
}

export function locationHeader(description: string): HeaderDescriptions {
  return { Location: { description, schema: { type: 'string' } } };
}
