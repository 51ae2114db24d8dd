/** Default and largest number of items of one page. */
export const DEFAULT_PAGE_LIMIT = 100;
export const MAXIMUM_PAGE_LIMIT = 1000;

export interface PageDetails {
  /** The limit in force, after the server's own maximum. */
  readonly limit: number;
  /** Opaque key of the next page; absent on the last. */
  readonly nextKey?: string | undefined;
  readonly reverseOrder?: boolean | undefined;
  /** Timerange the page covers, for listings by time (`X-Paging-Timerange`). */
  readonly timerange?: string | undefined;
}

/** One page of a listing. `body` is what is sent: usually `items` itself, or a document that contains them. */
export class Page<Item, Body = readonly Item[]> {
  private constructor(
    readonly items: readonly Item[],
    readonly body: Body,
    readonly details: PageDetails,
  ) {}

  static of<Item>(items: readonly Item[], details: PageDetails): Page<Item> {
    return new Page(items, items, details);
  }

  /** A page of `items` inside a larger document, as GET /objects/{objectId} pages `referenced_by_flows`. */
  static within<Item, Body>(items: readonly Item[], body: Body, details: PageDetails): Page<Item, Body> {
    return new Page(items, body, details);
  }
}
