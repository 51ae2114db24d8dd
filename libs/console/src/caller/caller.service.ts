import { Injectable } from '@nestjs/common';
import { Authentication, ClassAccess, currentPrincipal, type Principal, scopeOf } from '@tams/auth';
import { Configuration, rights } from '@tams/platform';
import { given } from '../library/flow-overview';
import type { Caller } from './caller.schema';

/** Tells callers who they are to this server. */
@Injectable()
export class CallerService {
  constructor(
    private readonly authentication: Authentication,
    private readonly configuration: Configuration,
    private readonly classes: ClassAccess,
  ) {}

  describe(): Caller {
    const { modes } = this.authentication;
    const issuer = modes.includes('bearer') ? this.configuration.security.oidc.issuers[0] : undefined;
    const principal = currentPrincipal();
    return {
      authenticated: principal !== undefined,
      ...(principal && this.known(principal)),
      sign_in: [...modes],
      ...given({ oidc_issuer: issuer }),
    };
  }

  private known(principal: Principal): Partial<Caller> {
    const held = rights.filter((right) => principal.isAdmin || principal.scopes.has(right));
    const byClass = this.classes.rights(principal);
    return {
      name: principal.name,
      method: principal.method,
      is_admin: principal.isAdmin,
      rights: held,
      scopes: held.map(scopeOf),
      groups: [...principal.groups],
      auth_classes: {
        enabled: this.classes.enabled,
        ...(byClass && { classes: byClass.any.map((name) => ({ name, rights: [...byClass.on([name])] })) }),
      },
    };
  }
}
