import createClient from 'openapi-fetch';
import { credential, setCredential } from '../session/credential';
import { renewIfNeeded } from '../session/openid';
import { apiAddress } from '../session/settings';
import { problemOf, UnreachableError } from './problem';
import type { paths } from './schema';

/**
 * Sends a request as whoever uses this tab. Cookies stay out, so that no browser asks for passwords by itself.
 * @throws {UnreachableError} {@link ProblemError}
 */
export async function send(request: Request): Promise<Response> {
  await renewIfNeeded();
  const sent = credential();
  if (sent) request.headers.set('Authorization', sent.authorization);
  let answer: Response;
  try {
    answer = await fetch(request, { credentials: 'omit' });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new UnreachableError(error);
  }
  if (answer.ok) return answer;
  // The page shows the sign-in form; a credential that was replaced meanwhile is not to blame.
  if (answer.status === 401 && sent && credential() === sent) setCredential(undefined);
  throw await problemOf(answer);
}

/** The API of the server, typed by its own document. Every refused request is thrown. */
export const api = createClient<paths>({ baseUrl: apiAddress, fetch: send });

/** The body of an answer; those that were refused never get here. */
export async function body<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new Error('The server sent an empty answer.');
  return data;
}

/** One page of a listing, and the key of the next. */
export interface ListingPage<Item> {
  readonly items: readonly Item[];
  readonly nextKey: string | undefined;
}

/** A page of a listing with what its headers say. */
export async function page<Item>(
  answer: Promise<{ data?: readonly Item[]; response: Response }>,
): Promise<ListingPage<Item>> {
  const { data, response } = await answer;
  return { items: data ?? [], nextKey: response.headers.get('X-Paging-NextKey') ?? undefined };
}
