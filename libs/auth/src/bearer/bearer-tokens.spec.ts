import { Configuration } from '@tams/platform';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Principal } from '../principal';
import { BearerTokens } from './bearer-tokens';

let issuer: Server;
let url: string;
let token: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  issuer = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  token = await new SignJWT({
    scope: 'tams-api/read tams-api/write',
    groups: ['sport', 'news'],
    padding: 'x'.repeat(800),
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer(url)
    .setAudience('tams')
    .setSubject('ingest')
    .setExpirationTime('10m')
    .sign(privateKey);
});
afterAll(() => new Promise((resolve) => issuer.close(resolve)));

function bearerTokens(): BearerTokens {
  return new BearerTokens(
    new Configuration({ AUTH_MODE: 'bearer', AUTH_OIDC_ISSUERS: url, AUTH_OIDC_AUDIENCE: 'tams' }).security.oidc,
  );
}

describe('BearerTokens', () => {
  it('makes a principal of the claims', async () => {
    const principal = await bearerTokens().verify(token);
    expect(principal).toEqual({
      id: `bearer:${url}#ingest`,
      name: 'ingest',
      scopes: new Set(['read', 'write']),
      groups: ['sport', 'news'],
      isAdmin: false,
      method: 'bearer',
    });
  });

  it('checks a token it has seen in less than 50 microseconds', async () => {
    const tokens = bearerTokens();
    const first = await tokens.verify(token);
    const check = (): Principal | Promise<Principal> => tokens.verify(token);
    expect(check()).toBe(first);
    const batches: number[] = [];
    for (let batch = 0; batch < 20; batch += 1) {
      const begin = process.hrtime.bigint();
      for (let index = 0; index < 1_000; index += 1) void check();
      batches.push(Number(process.hrtime.bigint() - begin) / 1_000_000);
    }
    const microseconds = batches.sort((a, b) => a - b)[10];
    expect(microseconds).toBeLessThan(50);
  });
});
