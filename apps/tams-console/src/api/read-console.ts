import { apiAddress } from '../session/settings';
import { send } from './client';
import type { ListingPage } from './client';

/** Values of a query; those that are absent or empty are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function requestFor(path: string, query: Query, signal: AbortSignal | undefined): Request {
  const address = new URL(`${apiAddress}${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') address.searchParams.set(name, String(value));
  return new Request(address, signal ? { signal } : {});
}

/** Reads one of the console's read models. */
export async function readConsole<Model>(path: string, query: Query, signal?: AbortSignal): Promise<Model> {
  return (await (await send(requestFor(path, query, signal))).json()) as Model;
}

/** Reads a page of a listing. */
export async function readPage<Item>(path: string, query: Query, signal?: AbortSignal): Promise<ListingPage<Item>> {
  const answer = await send(requestFor(path, query, signal));
  const items = (await answer.json()) as readonly Item[];
  return { items, nextKey: answer.headers.get('X-Paging-NextKey') ?? undefined };
}
