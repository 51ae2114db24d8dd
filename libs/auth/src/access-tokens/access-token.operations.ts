import { Operation } from '@tams/platform';
import { accessToken, issuedAccessToken } from './access-token.schema';

const token = {
  id: '0f8bd49e-9d62-4d8f-8f9b-5e2d1d1c7a55',
  name: 'NLE session 4711',
  scopes: ['tams-api/read'],
  groups: ['sport'],
  created_by: 'mam',
  created: '2026-01-05T09:00:00.000000Z',
  expires: '2026-01-05T17:00:00Z',
};

/** What the API document says of the operations on access tokens (not part of the specification). */
export const accessTokenOperations = {
  list: Operation({
    id: 'GET_access-tokens',
    access: [],
    tag: 'AccessTokens',
    summary: 'List access tokens',
    description: 'Most recently issued first. Administrators only. The tokens themselves are not shown.',
    success: { schema: accessToken.array(), paged: { reverseOrder: true }, example: [token] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
  }),
  get: Operation({
    id: 'GET_access-tokens-tokenId',
    access: [],
    tag: 'AccessTokens',
    summary: 'Read what is known of an access token',
    success: { schema: accessToken, example: token },
    errors: { 404: 'There is no such token.' },
  }),
  issue: Operation({
    id: 'POST_access-tokens',
    access: [],
    tag: 'AccessTokens',
    summary: 'Issue an access token',
    description:
      'Whoever has the token may call as `?access_token=...` until it expires or is revoked. Administrators only. The answer is the only time it is shown.',
    success: {
      status: 201,
      description: 'Issued.',
      schema: issuedAccessToken,
      example: { ...token, access_token: 'tams_<43 characters>' },
    },
    errors: { 400: 'Not a valid request; `errors` says why.' },
    body: {
      examples: {
        reader: {
          summary: 'Reading for a working day',
          value: { name: 'NLE session 4711', scopes: ['tams-api/read'], expires: '2026-01-05T17:00:00Z' },
        },
      },
    },
  }),
  revoke: Operation({
    id: 'DELETE_access-tokens-tokenId',
    access: [],
    tag: 'AccessTokens',
    summary: 'Revoke an access token',
    success: { status: 204, description: 'Revoked, at once and on every replica.' },
    errors: { 404: 'There is no such token.' },
  }),
};
