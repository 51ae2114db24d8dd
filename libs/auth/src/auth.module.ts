import {
  type DynamicModule,
  Global,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Configuration } from '@tams/platform';
import { HealthChecks, type HealthFacts, type SideChannelStatus } from '@tams/telemetry';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { AccessTokenService } from './access-tokens/access-token.service';
import { AccessTokensController } from './access-tokens/access-tokens.controller';
import { AccessControl } from './access/access-control';
import { AuditController } from './audit/audit.controller';
import { Authentication } from './authentication';
import { ClassAccess } from './classes';
import { securityWarnings } from './security-warnings';

/** Who is calling and what they may do, for every module. */
@Global()
@Module({})
export class AuthModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly authentication: Authentication,
    private readonly health: HealthChecks,
    private readonly configuration: Configuration,
    @InjectPinoLogger('Authentication') private readonly logger: PinoLogger,
  ) {}

  /** @param authentication already around the server (`secureServer`) */
  static forRoot(authentication: Authentication): DynamicModule {
    const { accessTokens } = authentication;
    return {
      module: AuthModule,
      controllers: [AuditController, ...(accessTokens ? [AccessTokensController] : [])],
      providers: [
        { provide: Authentication, useValue: authentication },
        { provide: AccessControl, useValue: authentication.accessControl },
        { provide: ClassAccess, useValue: authentication.classes },
        ...(accessTokens ? [{ provide: AccessTokenService, useValue: accessTokens }] : []),
      ],
      exports: [Authentication, AccessControl, ClassAccess],
    };
  }

  onApplicationBootstrap(): void {
    const { modes, isOpenToAnybody } = this.authentication;
    this.health.state('authentication', { modes, open_to_anybody: isOpenToAnybody });
    const { audit } = this.authentication;
    for (const warning of securityWarnings(this.configuration)) this.logger.warn(warning);
    if (audit.status) this.health.add({ name: 'audit_log', required: false, check: () => auditFacts(audit.status) });
    if (isOpenToAnybody) {
      this.logger.warn(
        'AUTH_MODE has "none": whoever reaches this server may read, change and delete everything. docs/authentication.md says how to ask who is calling.',
      );
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.authentication.close();
  }
}

function auditFacts(status: SideChannelStatus | undefined): Promise<HealthFacts> {
  if (status?.problem !== undefined)
    return Promise.reject(new Error(`The audit log cannot be written: ${status.problem}`));
  return Promise.resolve({ lost_lines: status?.lostLines ?? 0 });
}
