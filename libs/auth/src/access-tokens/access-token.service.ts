import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Answer, type Connection, type Page, pageOf } from '@tams/platform';
import { UnauthenticatedError } from '../auth.errors';
import { attributedTo, type Principal, principalOf } from '../principal';
import { rightsOf } from '../scopes';
import { AccessTokenNotFoundError } from './access-token.errors';
import { accessTokenOrdering, AccessTokenRepository, type AccessTokenRow } from './access-token.repository';
import type { AccessToken, AccessTokenListQuery, IssuedAccessToken, NewAccessToken } from './access-token.schema';

/** 256 random bits behind a name that scanners of leaked secrets can look for. */
const TOKEN = /^tams_[A-Za-z0-9_-]{43}$/;

/** Tokens for URLs: issued and revoked by administrators, checked at each request (ADR 0028, option 2). */
export class AccessTokenService {
  /** @param connection pool of the metadata store */
  constructor(
    private readonly connection: Connection,
    private readonly tokens = new AccessTokenRepository(),
  ) {}

  /** Issues a token; nobody can read it again later. */
  async issue(wanted: NewAccessToken): Promise<Answer<IssuedAccessToken>> {
    const token = `tams_${randomBytes(32).toString('base64url')}`;
    const row = await this.tokens.insert(this.connection, randomUUID(), hashOf(token), wanted, attributedTo(undefined));
    if (!row) throw new Error('INSERT ... RETURNING gave no row');
    return Answer.created({ ...present(row), access_token: token });
  }

  async list(query: AccessTokenListQuery): Promise<Page<AccessToken>> {
    return pageOf(await this.tokens.list(this.connection, query), accessTokenOrdering, query, present);
  }

  /** @throws {AccessTokenNotFoundError} */
  async get(id: string): Promise<AccessToken> {
    const row = await this.tokens.find(this.connection, id);
    if (!row) throw new AccessTokenNotFoundError(id);
    return present(row);
  }

  /** From now on nobody gets in with it, at any replica. @throws {AccessTokenNotFoundError} */
  async revoke(id: string): Promise<void> {
    if (!(await this.tokens.revoke(this.connection, id))) throw new AccessTokenNotFoundError(id);
  }

  /** Looks at the table each time: a token that was revoked must not count anywhere. @throws {UnauthenticatedError} */
  async verify(token: string): Promise<Principal> {
    if (!TOKEN.test(token)) throw new UnauthenticatedError('token-invalid');
    const hash = hashOf(token);
    const row = await this.tokens.findValid(this.connection, hash);
    if (!row) throw new UnauthenticatedError('token-invalid');
    return principalOf({
      id: `url_token:${row.id}`,
      name: row.name,
      scopes: rightsOf(row.scopes),
      groups: row.groups,
      method: 'url_token',
    });
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function present(row: AccessTokenRow): AccessToken {
  const { created_by: createdBy, revoked, ...token } = row;
  return {
    ...token,
    ...(createdBy !== null && { created_by: createdBy }),
    ...(revoked !== null && { revoked }),
  };
}
