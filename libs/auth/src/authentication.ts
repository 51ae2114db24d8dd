import {
  type AuthenticationMode,
  type Configuration,
  ConfigurationError,
  type Connection,
  type OpenPath,
} from '@tams/platform';
import type { FastifyRequest } from 'fastify';
import { AccessTokenService } from './access-tokens/access-token.service';
import { AccessControl } from './access/access-control';
import { Authenticator } from './access/authenticator';
import { AuditFile, type AuditSink, ServerLog } from './audit/audit-log';
import { BasicUsers, type FailureLimit } from './basic/basic-users';
import { ClassAccess } from './classes/class-access';
import { UsersFileError } from './basic/users-file';
import { BearerTokens } from './bearer/bearer-tokens';

/** Everything that knows who is calling, made once at start from the configuration. */
export class Authentication {
  private control: AccessControl | undefined;

  private constructor(
    readonly accessTokens: AccessTokenService | undefined,
    readonly audit: AuditSink,
    private readonly authenticator: Authenticator,
    private readonly openPaths: readonly OpenPath[],
    private readonly basic: BasicUsers | undefined,
    /** What callers may do with single Flows, Sources, webhooks and storage backends. */
    readonly classes: ClassAccess,
  ) {}

  /**
   * @param connection pool of the metadata store, where access tokens are
   * @throws {ConfigurationError} when the users file or the file of the audit log cannot be used
   */
  static open({ security }: Configuration, connection: Connection): Authentication {
    const { modes } = security;
    const bearer = modes.includes('bearer') ? new BearerTokens(security.oidc) : undefined;
    const basic = modes.includes('basic') ? usersOf(security.basicUsersFile ?? '') : undefined;
    const accessTokens = modes.includes('url_token') ? new AccessTokenService(connection) : undefined;
    return new Authentication(
      accessTokens,
      security.auditLogFile === undefined ? new ServerLog() : auditFileAt(security.auditLogFile),
      new Authenticator(modes, { bearer, basic, accessTokens }),
      security.openPaths,
      basic,
      new ClassAccess(security.classes),
    );
  }

  get modes(): readonly AuthenticationMode[] {
    return this.authenticator.modes;
  }

  /** Whether anybody may do anything without saying who they are. */
  get isOpenToAnybody(): boolean {
    return this.modes.includes('none');
  }

  /** The access control of the server; there is one. */
  get accessControl(): AccessControl {
    if (!this.control) throw new Error('Call secureServer first: without it requests are not authenticated.');
    return this.control;
  }

  /** @param limitOf how often the caller of a request may try a wrong password */
  controlOf(limitOf: (request: FastifyRequest) => FailureLimit): AccessControl {
    this.control ??= new AccessControl(this.authenticator, this.openPaths, limitOf);
    return this.control;
  }

  async close(): Promise<void> {
    await this.basic?.close();
    this.audit.close();
  }
}

function usersOf(path: string): BasicUsers {
  try {
    return new BasicUsers(path);
  } catch (error) {
    if (error instanceof UsersFileError) throw new ConfigurationError([error.message]);
    throw new ConfigurationError([`AUTH_BASIC_USERS_FILE ${path}: ${(error as Error).message}`]);
  }
}

function auditFileAt(path: string): AuditFile {
  try {
    return new AuditFile(path);
  } catch (error) {
    throw new ConfigurationError([`AUDIT_LOG_FILE ${path}: ${(error as Error).message}`]);
  }
}
