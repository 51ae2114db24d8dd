import { Controller, Get, Header } from '@nestjs/common';
import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION } from '../operations';
import { type Caller, caller } from './caller.schema';
import { CallerService } from './caller.service';

/** `/console/api/me`. */
@Controller('console/api/me')
export class CallerController {
  constructor(private readonly callers: CallerService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Operation({
    id: 'GET_console-me',
    access: 'optional',
    tag: CONSOLE_TAG,
    summary: 'Who is calling',
    description: `Who the caller is to this server and what they may do; without credentials, how to say so. ${EXTENSION}`,
    success: {
      schema: caller,
      example: {
        authenticated: true,
        name: 'anna',
        method: 'basic',
        is_admin: false,
        rights: ['read'],
        scopes: ['tams-api/read'],
        groups: ['news'],
        auth_classes: { enabled: true, classes: [{ name: 'news', rights: ['read'] }] },
        sign_in: ['basic', 'url_token'],
      },
    },
  })
  get(): Caller {
    return this.callers.describe();
  }
}
