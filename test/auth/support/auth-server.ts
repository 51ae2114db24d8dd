import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { readFileSync } from 'node:fs';
import { startTestServer, type TestServer } from '../../support/test-server';
import { TestIssuer } from './test-issuer';

/** Rights by which the tests' callers are named; `nothing` is known and may do nothing. */
export const callers = ['admin', 'read', 'write', 'delete', 'nothing'] as const;
export type Caller = (typeof callers)[number];
export const methods = ['bearer', 'basic', 'url_token'] as const;
export type Method = (typeof methods)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, when it is JSON. */
  readonly body: Record<string, unknown>;
}

/** A request as it goes over the wire. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, as if it were JSON. */
  readonly text?: string;
}

/** bcrypt at the lowest cost that is accepted, so that the tests are quick. */
export function passwordHash(password: string): string {
  return hashSync(password, 10);
}

/** The whole server with every way of authentication, an issuer and a users file of its own. */
export class AuthServer {
  private readonly urlTokens = new Map<string, string>();

  private constructor(
    readonly tams: TestServer,
    readonly issuer: TestIssuer,
    readonly usersFile: string,
    readonly auditFile: string,
    private readonly directory: string,
  ) {}

  /** @param environment variables on top of the tests' own */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<AuthServer> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-auth-'));
    const usersFile = join(directory, 'users');
    const hash = passwordHash('secret');
    const lines = callers.map((caller) => `${caller}:${hash}:${caller === 'nothing' ? '' : caller}:group-${caller}`);
    await writeFile(usersFile, `# users of a test\n${lines.join('\n')}\n`);
    const auditFile = join(directory, 'audit', 'audit.log');
    const issuer = await TestIssuer.start();
    const tams = await startTestServer({
      AUTH_MODE: 'bearer,basic,url_token',
      AUTH_OIDC_ISSUERS: issuer.url,
      AUTH_OIDC_AUDIENCE: 'tams',
      AUTH_OIDC_JWKS_COOLDOWN_SECONDS: '0',
      AUTH_BASIC_USERS_FILE: usersFile,
      AUDIT_LOG_FILE: auditFile,
      ...environment,
    });
    return new AuthServer(tams, issuer, usersFile, auditFile, directory);
  }

  get url(): string {
    return this.tams.url;
  }

  /** Headers and query by which a caller says who they are. */
  async credentials(method: Method, caller: Caller): Promise<{ headers: Record<string, string>; query: string }> {
    switch (method) {
      case 'bearer': {
        const scope = caller === 'nothing' ? 'openid' : `openid tams-api/${caller}`;
        const token = await this.issuer.token({ claims: { sub: caller, scope } });
        return { headers: { authorization: `Bearer ${token}` }, query: '' };
      }
      case 'basic':
        return { headers: { authorization: basic(caller, 'secret') }, query: '' };
      case 'url_token':
        return { headers: {}, query: `access_token=${await this.urlToken(caller)}` };
    }
  }

  /** A token that an administrator issued. */
  async urlToken(caller: Caller): Promise<string> {
    const known = this.urlTokens.get(caller);
    if (known !== undefined) return known;
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await this.send('POST', '/service/access-tokens', {
      headers: { authorization: basic('admin', 'secret') },
      body: { name: caller, scopes: [`tams-api/${caller}`], groups: [`group-${caller}`], expires },
    });
    const token = answer.body['access_token'] as string;
    this.urlTokens.set(caller, token);
    return token;
  }

  /** Sends a request of a caller. */
  async as(caller: Caller, method: string, path: string, body?: unknown, by: Method = 'bearer'): Promise<Answer> {
    const { headers, query } = await this.credentials(by, caller);
    const separator = path.includes('?') ? '&' : '?';
    return this.send(method, query ? `${path}${separator}${query}` : path, { headers, body });
  }

  /** Sends a request byte for byte: no client tidies its path or joins its headers. */
  send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return sendTo(this.url, method, path, options);
  }

  /** What the audit log says so far. */
  auditEntries(): Record<string, unknown>[] {
    return readFileSync(this.auditFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    await this.tams.stop();
    await this.issuer.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Value of `Authorization` for a name and a password. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Sends a request byte for byte. */
export function sendTo(
  url: string,
  method: string,
  path: string,
  { headers = {}, body, text = body === undefined ? undefined : JSON.stringify(body) }: RequestOptions = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { hostname, port, method, path, headers: { ...type, ...headers }, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const pairs = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: new Headers(pairs),
            text: answer,
            body: /json/.test(incoming.headers['content-type'] ?? '') && answer !== '' ? parsed(answer) : {},
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
