import { useInfiniteQuery } from '@tanstack/react-query';
import { send } from '../api/client';
import { readPage } from '../api/read-console';
import { apiAddress } from '../session/settings';

/**
 * A URL token as administrators see it. Written by hand: the server's document has it only where `AUTH_MODE` does.
 */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly created_by?: string;
  readonly created: string;
  readonly expires: string;
  readonly revoked?: string;
}

/** What a new one is to be. */
export type NewAccessToken = Pick<AccessToken, 'name' | 'scopes' | 'groups' | 'expires'>;

/** A token that was just issued: the only time it can be read. */
export type IssuedAccessToken = AccessToken & { readonly access_token: string };

const PATH = '/service/access-tokens';
/** Tokens read at once. */
const PAGE = 50;

/** The key of all that is read of tokens. */
export const tokensKey = ['access-tokens'] as const;

/** The tokens, most recently issued first. */
export function useAccessTokens() {
  return useInfiniteQuery({
    queryKey: tokensKey,
    queryFn: ({ pageParam, signal }) => readPage<AccessToken>(PATH, { limit: PAGE, page: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextKey }) => nextKey,
  });
}

/** @throws {ProblemError} */
export async function issueToken(wanted: NewAccessToken): Promise<IssuedAccessToken> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await send(
    new Request(`${apiAddress}${PATH}`, { method: 'POST', headers, body: JSON.stringify(wanted) }),
  );
  return (await answer.json()) as IssuedAccessToken;
}

/** @throws {ProblemError} */
export async function revokeToken(id: string): Promise<void> {
  await send(new Request(`${apiAddress}${PATH}/${id}`, { method: 'DELETE' }));
}

/** Whether a token still lets anybody in. */
export function stateOf({ revoked, expires }: AccessToken, now: number): 'valid' | 'expired' | 'revoked' {
  if (revoked !== undefined) return 'revoked';
  return Date.parse(expires) <= now ? 'expired' : 'valid';
}
