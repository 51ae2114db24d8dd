import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import type { Answer, Page } from '@tams/platform';
import { accessTokenOperations } from './access-token.operations';
import {
  type AccessToken,
  accessTokenListQuery,
  type AccessTokenListQuery,
  type IssuedAccessToken,
  newAccessToken,
  type NewAccessToken,
} from './access-token.schema';
import { AccessTokenService } from './access-token.service';

/** `/service/access-tokens`: our own addition to the specification, there when `AUTH_MODE` has `url_token`. */
@Controller('service/access-tokens')
export class AccessTokensController {
  constructor(private readonly tokens: AccessTokenService) {}

  @accessTokenOperations.list
  @Get()
  list(@Query({ schema: accessTokenListQuery }) query: AccessTokenListQuery): Promise<Page<AccessToken>> {
    return this.tokens.list(query);
  }

  @accessTokenOperations.issue
  @Post()
  issue(@Body({ schema: newAccessToken }) wanted: NewAccessToken): Promise<Answer<IssuedAccessToken>> {
    return this.tokens.issue(wanted);
  }

  @accessTokenOperations.get
  @Get(':tokenId')
  get(@Param('tokenId', { schema: uuid }) tokenId: string): Promise<AccessToken> {
    return this.tokens.get(tokenId);
  }

  @accessTokenOperations.revoke
  @Delete(':tokenId')
  @HttpCode(204)
  revoke(@Param('tokenId', { schema: uuid }) tokenId: string): Promise<void> {
    return this.tokens.revoke(tokenId);
  }
}
