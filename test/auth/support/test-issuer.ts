import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** What a token is made of, where it differs from a good one. */
export interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly key?: SigningKey;
}

/**
 * An OpenID Connect issuer that signs whatever a test wants: a discovery document and keys on loopback, and nothing else.
 * (The real one is in `oidc-provider.spec.ts`.)
 */
export class TestIssuer {
  /** Requests for its keys so far. */
  keyRequests = 0;
  discoveryRequests = 0;
  /** While true it answers 500 to everything. */
  isDown = false;
  /** What its discovery document says beside the truth. */
  discoveryOverrides: Readonly<Record<string, unknown>> = {};
  private keys: SigningKey[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new TestIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.statusCode = issuer.isDown ? 500 : 200;
      response.end(JSON.stringify(issuer.answer(request.url ?? '')));
    });
    await issuer.rotate();
    return issuer;
  }

  /** The key in force. */
  get key(): SigningKey {
    return this.keys.at(-1)!;
  }

  /** The keys as they are published. */
  get publicKeys(): JWK[] {
    return this.keys.map((key) => key.publicJwk);
  }

  /** Begins to sign with another key. @param keepOld whether tokens signed before still count */
  async rotate({ keepOld = false, alg = 'ES256' } = {}): Promise<void> {
    const kid = randomUUID();
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
    this.keys = [...(keepOld ? this.keys : []), { kid, alg, privateKey, publicJwk }];
  }

  /** A signed token; a good one for `tams` unless told otherwise. */
  token({ claims = {}, header = {}, expiresIn = 600, key = this.key }: TokenOptions = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: 'tams', sub: 'somebody', iat: now, exp: now + expiresIn, ...claims };
    // A claim of `undefined` is one the token does not have.
    return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string): unknown {
    if (path === '/jwks') {
      this.keyRequests += 1;
      return { keys: this.publicKeys };
    }
    this.discoveryRequests += 1;
    return { issuer: this.url, jwks_uri: `${this.url}/jwks`, ...this.discoveryOverrides };
  }
}
