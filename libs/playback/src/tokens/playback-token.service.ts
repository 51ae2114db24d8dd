import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { currentPrincipal, MissingScopeError, type Principal, withPrincipal } from '@tams/auth';
import { Answer, Configuration, Database } from '@tams/platform';
import { flowAddresses, type FlowAddresses, tokenAddresses } from '../media/addresses';
import { PlaybackTokenInvalidError } from '../playback.errors';
import { type PlayedResource, PlaybackTokenRepository } from './playback-token.repository';
import type { PlaybackUrl, PlaybackUrlRequest } from './playback-token.schema';
import { PlaybackTokenCodec } from './playback-token';

/**
 * Tokens in addresses, for players that cannot send headers: each opens one Flow or Source for its holder, with the
 * rights the holder had when it was issued, as far as they hold today.
 */
@Injectable()
export class PlaybackTokenService implements OnModuleInit {
  private codec: PlaybackTokenCodec | undefined;

  constructor(
    private readonly database: Database,
    private readonly tokens: PlaybackTokenRepository,
    private readonly configuration: Configuration,
  ) {}

  async onModuleInit(): Promise<void> {
    const proposal = randomBytes(32).toString('base64');
    this.codec = new PlaybackTokenCodec(Buffer.from(await this.tokens.key(this.database, proposal), 'base64'));
  }

  /**
   * Addresses of Flows for the caller: with tokens, unless the server asks nobody who they are.
   * @param notAfter when the token expires that the caller came with
   */
  async addresses(flowIds: readonly string[], notAfter?: Date): Promise<Map<string, FlowAddresses>> {
    const holder = holderOfTokens();
    if (!holder) return new Map(flowIds.map((id) => [id, flowAddresses(id)]));
    const issued = await this.issue(holder, 'flow', flowIds, notAfter);
    return new Map([...issued].map(([id, { token }]) => [id, tokenAddresses(token)]));
  }

  /** A URL that plays by itself, for a resource the caller may read. */
  async url(request: PlaybackUrlRequest, baseUrl: string): Promise<Answer<PlaybackUrl>> {
    const kind = request.flow_id === undefined ? 'source' : 'flow';
    const id = request.flow_id ?? request.source_id ?? '';
    const holder = holderOfTokens();
    if (!holder) return Answer.created({ url: `${baseUrl}/${kind}s/${id}/output.m3u8` });
    const issued = (await this.issue(holder, kind, [id])).get(id);
    if (!issued) throw new Error('INSERT ... RETURNING gave no row');
    const { token, expires } = issued;
    return Answer.created({ url: `${baseUrl}/playback/${token}/output.m3u8`, expires });
  }

  /**
   * Runs `work` for the holder of a token.
   * @throws {PlaybackTokenInvalidError} when it was changed, has expired, or was revoked
   */
  async open<Result>(
    token: string,
    work: (resource: PlayedResource, expires: Date) => Promise<Result>,
  ): Promise<Result> {
    const id = this.codec?.decode(token);
    const row = id === undefined ? undefined : await this.tokens.findValid(this.database, id);
    if (!row) throw new PlaybackTokenInvalidError();
    const scopes = new Set(row.scopes);
    const isAdmin = scopes.has('admin');
    const { principal_id: holderId, name, groups, method } = row;
    const holder: Principal = Object.freeze({ id: holderId, name, scopes, groups, isAdmin, method });
    return withPrincipal(holder, () => work({ kind: row.kind, id: row.resource_id }, new Date(row.expires)));
  }

  /**
   * Ends all tokens of the caller, or of somebody an administrator names.
   * @throws {MissingScopeError}
   */
  async revoke(named: string | undefined): Promise<void> {
    const caller = currentPrincipal();
    if (named !== undefined && caller && !caller.isAdmin) throw new MissingScopeError(['admin'], caller.scopes);
    const holder = named ?? caller?.id;
    if (holder !== undefined) await this.tokens.revoke(this.database, holder);
  }

  private async issue(
    holder: Principal,
    kind: PlayedResource['kind'],
    ids: readonly string[],
    notAfter?: Date,
  ): Promise<Map<string, { token: string; expires: string }>> {
    const lifetime = this.configuration.playback.tokenLifetimeSeconds * 1000;
    const fresh = new Date(Math.min(Date.now() + lifetime, notAfter?.getTime() ?? Infinity));
    const lasting = { from: new Date(fresh.getTime() - lifetime / 2), to: notAfter ?? fresh };
    const known = await this.tokens.reusable(this.database, holder, kind, ids, lasting);
    const found = new Set(known.map((row) => row.resource_id));
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    const added = missing.length > 0 ? await this.tokens.insert(this.database, holder, kind, missing, fresh) : [];
    const { codec } = this;
    if (!codec) throw new Error('Tokens are issued before the module has started.');
    return new Map(
      [...known, ...added].map(({ id, resource_id: resource, expires }) => [
        resource,
        { token: codec.encode(id), expires },
      ]),
    );
  }
}

/** Whom tokens are issued to: whoever had to say who they are. */
function holderOfTokens(): Principal | undefined {
  const principal = currentPrincipal();
  return principal && principal.method !== 'none' ? principal : undefined;
}
