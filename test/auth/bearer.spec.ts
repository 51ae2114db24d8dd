import { createHmac, createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, UnsecuredJWT } from 'jose';
import { type Answer, AuthServer } from './support/auth-server';
import { TestIssuer } from './support/test-issuer';

let server: AuthServer;
let issuer: TestIssuer;
beforeAll(async () => {
  server = await AuthServer.start({
    AUTH_SCOPES_CLAIM: 'scope,scp,realm_access.roles,https://example.com/roles',
    AUTH_SCOPES_MAP: 'viewer=read,editor=read+write',
  });
  issuer = server.issuer;
});
afterAll(() => server.stop());

function get(token: string, path = '/flows'): Promise<Answer> {
  return server.send('GET', path, { headers: { authorization: `Bearer ${token}` } });
}

const reader: JWTPayload = { scope: 'tams-api/read' };
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function expectRefused(token: string, problem = 'token-invalid'): Promise<void> {
  const answer = await get(token);
  expect([answer.status, answer.body['type']]).toEqual([401, `urn:x-tams:problem:${problem}`]);
  expect(answer.headers.get('www-authenticate')).toContain('Bearer realm="tams", error="invalid_token"');
  if (token.length > 20) expect(answer.text).not.toContain(token.slice(0, 20));
}

describe('a token of the issuer', () => {
  it('is accepted, whatever its time of issue and the case of the scheme', async () => {
    const token = await issuer.token({ claims: reader });
    expect((await get(token)).status).toBe(200);
    expect((await server.send('GET', '/flows', { headers: { authorization: `bearer ${token}` } })).status).toBe(200);
  });

  it.each([
    ['a text', { scope: 'a tams-api/read b' }, 200],
    ['a list', { scp: ['tams-api/read'] }, 200],
    ['a nested list', { realm_access: { roles: ['viewer'] } }, 200],
    ['a claim with dots in its name', { 'https://example.com/roles': ['editor'] }, 200],
    ['nothing', {}, 403],
    ['a name that only begins like a scope', { scope: 'tams-api/read2 xtams-api/read' }, 403],
    ['a name that is not in the map', { scope: 'constructor __proto__ toString' }, 403],
    ['an object', { scope: { 'tams-api/read': true } }, 403],
  ])('may list its scopes as %s', async (_, claims, status) => {
    expect((await get(await issuer.token({ claims }))).status).toBe(status);
  });

  it('may name one of several audiences', async () => {
    expect((await get(await issuer.token({ claims: { ...reader, aud: ['other', 'tams'] } }))).status).toBe(200);
  });

  it('counts within the skew of the clocks and not beyond', async () => {
    expect((await get(await issuer.token({ claims: reader, expiresIn: -20 }))).status).toBe(200);
    await expectRefused(await issuer.token({ claims: reader, expiresIn: -40 }), 'token-expired');
    const now = Math.floor(Date.now() / 1000);
    expect((await get(await issuer.token({ claims: { ...reader, nbf: now + 20 } }))).status).toBe(200);
    await expectRefused(await issuer.token({ claims: { ...reader, nbf: now + 60 } }), 'token-not-yet-valid');
    expect((await get(await issuer.token({ claims: { ...reader, iat: now + 20 } }))).status).toBe(200);
    await expectRefused(await issuer.token({ claims: { ...reader, iat: now + 60 } }), 'token-not-yet-valid');
    await expectRefused(await issuer.token({ claims: { ...reader, iat: 'soon' as never } }));
  });
});

describe('refused is a token', () => {
  it('without a signature (alg: none)', async () => {
    const claims = { iss: issuer.url, aud: 'tams', sub: 'x', exp: 4_000_000_000, scope: 'tams-api/admin' };
    const unsecured = new UnsecuredJWT(claims).encode();
    await expectRefused(unsecured);
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) await expectRefused(`${base64({ alg })}.${base64(claims)}.`);
  });

  it('signed with the public key as a shared secret (key confusion)', async () => {
    const jwk = issuer.publicKeys[0]!;
    const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const claims = { iss: issuer.url, aud: 'tams', sub: 'x', exp: 4_000_000_000, scope: 'tams-api/admin' };
    for (const secret of [pem, JSON.stringify(jwk)]) {
      const content = `${base64({ alg: 'HS256', kid: jwk.kid })}.${base64(claims)}`;
      await expectRefused(`${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`);
    }
  });

  it('signed with a key the token brings itself (jwk, jku, x5u)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const key = { kid: 'evil', alg: 'ES256', privateKey, publicJwk };
    for (const header of [
      { jwk: publicJwk },
      { jku: 'http://127.0.0.1:1/jwks' },
      { x5u: 'http://127.0.0.1:1/c' },
      { kid: '../../../../dev/null' },
      { kid: issuer.key.kid },
      { kid: undefined },
    ])
      await expectRefused(await issuer.token({ claims: { scope: 'tams-api/admin' }, key, header }));
  });

  it.each<[string, JWTPayload, string?]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of another tenant of an issuer that signs for all with the same keys', { iss: 'SELF/tenants/other' }],
    ['of an issuer that looks alike', { iss: 'SELF/' }],
    ['without an issuer', { iss: undefined as never }],
    ['for another audience', { aud: 'other' }],
    ['for nobody', { aud: undefined as never }],
    ['that never expires', { exp: undefined as never }],
    ['without a subject', { sub: undefined as never }],
    ['bound to a key the caller has to prove (DPoP, mTLS)', { cnf: { jkt: 'x' } }],
  ])('%s', async (_, claims) => {
    const iss = claims.iss?.replace('SELF', issuer.url);
    await expectRefused(await issuer.token({ claims: { ...reader, ...claims, ...(iss !== undefined && { iss }) } }));
  });

  it('that was made for something else than access', async () => {
    for (const typ of ['logout+jwt', 'secevent+jwt', 'dpop+jwt'])
      await expectRefused(await issuer.token({ claims: reader, header: { typ } }));
  });

  it('with a critical header nobody knows', async () => {
    const token = await issuer.token({ claims: reader });
    const [, payload, signature] = token.split('.');
    const header = { alg: 'ES256', kid: issuer.key.kid, crit: ['x'], x: 1 };
    await expectRefused(`${base64(header)}.${payload}.${signature}`);
  });

  it('that was changed', async () => {
    const token = await issuer.token({ claims: reader });
    const [header, , signature] = token.split('.');
    const claims = { iss: issuer.url, aud: 'tams', sub: 'x', exp: 4_000_000_000, scope: 'tams-api/admin' };
    await expectRefused(`${header}.${base64(claims)}.${signature}`);
    await expectRefused(`${token}x`);
    await expectRefused(token.slice(0, -3));
  });

  it.each([
    ['no token at all', 'x'],
    ['dots only', '..'],
    ['an array for a header', `${base64([])}.${base64({})}.x`],
    ['null for claims', `${base64({ alg: 'ES256' })}.${base64(null)}.x`],
    ['odd types', `${base64({ alg: 5, kid: {} })}.${base64({ iss: {}, exp: 'x' })}.x`],
    ['a prototype', `${base64({ alg: 'ES256', ['__proto__']: { kid: 'x' } })}.e30.x`],
  ])('that is %s', async (_, token) => {
    await expectRefused(token);
  });

  it('too large to be looked at, before its signature is', async () => {
    const requests = issuer.keyRequests;
    await expectRefused(await issuer.token({ claims: { ...reader, padding: 'x'.repeat(10_000) } }), 'token-too-large');
    expect(issuer.keyRequests).toBe(requests);
    // Beyond Node's own limit of headers the connection is not even read.
    const answer = await get('x'.repeat(30_000)).catch(() => ({ status: 431 }));
    expect([400, 431]).toContain(answer.status);
  });

  it('sent twice, or in two ways', async () => {
    const token = await issuer.token({ claims: reader });
    const twice = await server.send('GET', '/flows', {
      headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] as never },
    });
    expect([twice.status, twice.body['type']]).toEqual([401, 'urn:x-tams:problem:credentials-ambiguous']);
    const both = await get(token, `/flows?access_token=tams_${'x'.repeat(43)}`);
    expect([both.status, both.body['type']]).toEqual([401, 'urn:x-tams:problem:credentials-ambiguous']);
    const repeated = await server.send('GET', '/flows?access_token=a&access_token=b');
    expect(repeated.body['type']).toBe('urn:x-tams:problem:credentials-ambiguous');
  });

  it('sent by a scheme nobody knows', async () => {
    for (const authorization of ['Digest x', 'Negotiate abc', 'Bearer', 'x', '', 'Bearer a b'])
      expect((await server.send('GET', '/flows', { headers: { authorization } })).status).toBe(401);
  });
});

describe('keys', () => {
  it('may rotate: new ones count at once, withdrawn ones no longer', async () => {
    const before = await issuer.token({ claims: { ...reader, jti: 'before' } });
    const unseen = await issuer.token({ claims: { ...reader, jti: 'unseen' } });
    expect((await get(before)).status).toBe(200);
    await issuer.rotate({ keepOld: true, alg: 'RS256' });
    expect((await get(await issuer.token({ claims: reader }))).status).toBe(200);
    expect((await get(before)).status).toBe(200);
    await issuer.rotate({ alg: 'EdDSA' });
    expect((await get(await issuer.token({ claims: reader }))).status).toBe(200);
    await expectRefused(unseen);
  });

  it('are asked for once, however many tokens come at once', async () => {
    await issuer.rotate();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => issuer.token({ claims: { ...reader, jti: String(index) } })),
    );
    const requests = issuer.keyRequests;
    const answers = await Promise.all(tokens.map((token) => get(token)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(issuer.keyRequests - requests).toBeLessThanOrEqual(2);
  });
});

describe('an issuer that is down', () => {
  it('is our trouble (503) and not the caller’s; tokens seen before go on', async () => {
    const quiet = await TestIssuer.start();
    const other = await AuthServer.start({ AUTH_OIDC_ISSUERS: quiet.url });
    try {
      quiet.isDown = true;
      const token = await quiet.token({ claims: reader });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await other.send('GET', '/flows', { headers });
      expect([answer.status, answer.body['type']]).toEqual([503, 'urn:x-tams:problem:authentication-unavailable']);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.text).not.toContain(quiet.url);
      // Nobody asks it again for a while.
      const asked = quiet.discoveryRequests;
      await other.send('GET', '/flows', { headers });
      expect(quiet.discoveryRequests).toBe(asked);
    } finally {
      await other.stop();
      await quiet.stop();
    }
  });

  it('leaves tokens valid that were verified already', async () => {
    const token = await issuer.token({ claims: { ...reader, jti: 'outage' } });
    expect((await get(token)).status).toBe(200);
    issuer.isDown = true;
    expect((await get(token)).status).toBe(200);
    issuer.isDown = false;
  });

  it.each([
    ['speaks for another', { issuer: 'https://evil.example' }],
    ['has its keys on plain http elsewhere', { jwks_uri: 'http://evil.example/jwks' }],
    ['has its keys in a file', { jwks_uri: 'file:///etc/passwd' }],
  ])('and one that %s is not believed', async (_, overrides) => {
    const liar = await TestIssuer.start();
    liar.discoveryOverrides = overrides;
    const other = await AuthServer.start({ AUTH_OIDC_ISSUERS: liar.url });
    try {
      const token = await liar.token({ claims: reader });
      const answer = await other.send('GET', '/flows', { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(503);
    } finally {
      await other.stop();
      await liar.stop();
    }
  });
});

describe('several issuers', () => {
  it('are told apart: one cannot sign for the other', async () => {
    const second = await TestIssuer.start();
    const other = await AuthServer.start({ AUTH_OIDC_ISSUERS: `${issuer.url},${second.url}` });
    try {
      const send = async (token: Promise<string>): Promise<number> =>
        (await other.send('GET', '/flows', { headers: { authorization: `Bearer ${await token}` } })).status;
      expect(await send(issuer.token({ claims: reader }))).toBe(200);
      expect(await send(second.token({ claims: reader }))).toBe(200);
      expect(await send(second.token({ claims: { ...reader, iss: issuer.url } }))).toBe(401);
    } finally {
      await other.stop();
      await second.stop();
    }
  });
});
