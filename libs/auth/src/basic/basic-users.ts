import { createHmac, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { loggerFor } from '@tams/telemetry';
import { UnauthenticatedError } from '../auth.errors';
import { ExpiringCache } from '../expiring-cache';
import type { Principal } from '../principal';
import { PasswordChecks } from './password-checks';
import { readUsersFile, type User } from './users-file';

/** How often a change of the file is looked for, in milliseconds. */
const RELOAD_INTERVAL_MS = 1_000;
/** How long a right password counts without being checked again. */
const REMEMBERED_MS = 5 * 60_000;
const REMEMBERED_LOGINS = 1_000;
/** bcrypt reads no further; a longer password would match by its beginning. */
const MAXIMUM_PASSWORD_BYTES = 72;

/** Says whether an address may try another password, and counts its failures. */
export interface FailureLimit {
  /** @throws {RateLimitedError} when there were too many failures */
  beforeCheck(): Promise<void>;
  afterFailure(): Promise<void>;
}

/** Users and passwords from a file, which is read again when it changes (RFC 7617). */
export class BasicUsers {
  private readonly logger = loggerFor('Authentication');
  private readonly passwords = new PasswordChecks();
  /** Keyed, so that what is kept in memory is of no use elsewhere. */
  private readonly key = randomBytes(32);
  private readonly remembered = new ExpiringCache<Principal>(REMEMBERED_LOGINS);
  private readonly checking = new Map<string, Promise<Principal>>();
  private users: ReadonlyMap<string, User>;
  private decoy: string;
  private version: string;
  private looked = Date.now();

  /** @throws {UsersFileError} */
  constructor(private readonly path: string) {
    this.version = versionOf(path);
    this.users = readUsersFile(path);
    this.decoy = decoyOf(this.users);
  }

  /**
   * @returns at once for credentials that were right a moment ago
   * @throws {UnauthenticatedError} {@link RateLimitedError} {@link AuthenticationUnavailableError}
   */
  verify(name: string, password: string, limit: FailureLimit): Principal | Promise<Principal> {
    this.reloadWhenChanged();
    const key = createHmac('sha256', this.key).update(`${name.length}:${name}:${password}`).digest('base64');
    const known = this.remembered.get(key) ?? this.checking.get(key);
    if (known) return known;
    const check = this.check(name, password, key, limit).finally(() => this.checking.delete(key));
    this.checking.set(key, check);
    return check;
  }

  close(): Promise<void> {
    return this.passwords.close();
  }

  private async check(name: string, password: string, key: string, limit: FailureLimit): Promise<Principal> {
    await limit.beforeCheck();
    const users = this.users;
    const user = users.get(name);
    const matches = await this.passwords.matches(password, user?.passwordHash ?? this.decoy);
    if (!user || !matches || Buffer.byteLength(password) > MAXIMUM_PASSWORD_BYTES) {
      await limit.afterFailure();
      throw new UnauthenticatedError('password-wrong');
    }
    // What was checked against users who are no more must not be remembered for those who are.
    if (users === this.users) this.remembered.set(key, user.principal, Date.now() + REMEMBERED_MS);
    return user.principal;
  }

  private reloadWhenChanged(): void {
    if (Date.now() - this.looked < RELOAD_INTERVAL_MS) return;
    this.looked = Date.now();
    try {
      const version = versionOf(this.path);
      if (version === this.version) return;
      this.version = version;
      this.users = readUsersFile(this.path);
      this.decoy = decoyOf(this.users);
      this.remembered.clear();
      this.logger.info(`Read ${this.users.size} users from ${this.path}.`);
    } catch (error) {
      this.logger.error({ err: error }, 'The users file changed and cannot be used; the users before still count.');
    }
  }
}

function versionOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}

/**
 * A hash no password has, at the cost most users' hashes have: unknown names must take as long as known ones. A file of
 * mixed costs tells names apart; docs/authentication.md says so.
 */
function decoyOf(users: ReadonlyMap<string, User>): string {
  const counts = new Map<string, number>();
  for (const { passwordHash } of users.values()) {
    const cost = passwordHash.slice(4, 6);
    counts.set(cost, (counts.get(cost) ?? 0) + 1);
  }
  const [commonest] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), ['12', 0]);
  return `$2b$${commonest}$${'.'.repeat(53)}`;
}
