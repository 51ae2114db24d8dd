import { createHash, randomBytes } from 'node:crypto';
import { AuthServer } from './support/auth-server';
import { startRealIssuer } from './support/real-issuer';

const AUDIENCE = 'urn:x-tams:test-store';
const ORIGIN = 'http://localhost:9';
type Json = Record<string, unknown>;

let issuer: Awaited<ReturnType<typeof startRealIssuer>>;
let server: AuthServer;
beforeAll(async () => {
  issuer = await startRealIssuer(ORIGIN, AUDIENCE);
  server = await AuthServer.start({
    AUTH_MODE: 'bearer',
    AUTH_OIDC_ISSUERS: issuer.url,
    AUTH_OIDC_AUDIENCE: AUDIENCE,
  });
});
afterAll(async () => {
  await server.stop();
  await issuer.stop();
});

async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await fetch(issuer.url + path, { method: 'POST', body: new URLSearchParams(form), headers });
  return (await answer.json()) as Json;
}

async function statusWith(token: unknown, method = 'GET', path = '/flows'): Promise<number> {
  return (await server.send(method, path, { headers: { authorization: `Bearer ${String(token)}` } })).status;
}

describe('a real OpenID Provider', () => {
  it('lets a machine in by client credentials, with the scopes it asked for', async () => {
    const machine = { authorization: `Basic ${Buffer.from('ingest:machine-secret').toString('base64')}` };
    const grant = (scope: string): Promise<Json> =>
      post('/token', { grant_type: 'client_credentials', scope }, machine);
    const reader = await grant('tams-api/read');
    expect(reader).toMatchObject({ token_type: 'Bearer', scope: 'tams-api/read' });
    expect(await statusWith(reader['access_token'])).toBe(200);
    expect(await statusWith(reader['access_token'], 'POST', '/service')).toBe(403);
    const administrator = await grant('tams-api/admin');
    expect(await statusWith(administrator['access_token'], 'GET', '/service')).toBe(200);
    const audit = await server.send('POST', '/service', {
      headers: { authorization: `Bearer ${String(administrator['access_token'])}` },
      body: {},
    });
    expect(audit.status).toBe(200);
    expect(server.auditEntries().at(-1)).toMatchObject({ principal: 'ingest', authentication: 'bearer' });
  });

  it('lets a person in by authorization code with PKCE; the ID token is no access token', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const redirect = `${ORIGIN}/docs/oauth2-redirect.html`;
    const code = await logIn(
      new URLSearchParams({
        client_id: 'swagger-ui',
        response_type: 'code',
        redirect_uri: redirect,
        scope: 'openid tams-api/read',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }),
      redirect,
    );
    const tokens = await post('/token', {
      grant_type: 'authorization_code',
      client_id: 'swagger-ui',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
    });
    expect(await statusWith(tokens['access_token'])).toBe(200);
    expect(await statusWith(tokens['id_token'])).toBe(401);
  });
});

/** Goes through the issuer's own pages as a browser does: name and password, then consent. @returns the code */
async function logIn(parameters: URLSearchParams, redirect: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = `${issuer.url}/auth?${parameters.toString()}`;
  for (let step = 0; step < 12; step += 1) {
    if (next.startsWith(redirect)) {
      const code = new URL(next).searchParams.get('code');
      if (code === null) throw new Error(`The issuer refused: ${next}`);
      return code;
    }
    const header = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    let answer = await fetch(next, { headers: header, redirect: 'manual' });
    keepCookies(answer, cookies);
    if (answer.status === 200) {
      const page = await answer.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
      if (action === undefined || prompt === undefined) throw new Error(`No form in ${page}`);
      const form = new URLSearchParams({ prompt, login: 'jane', password: 'any' });
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      answer = await fetch(action, { method: 'POST', body: form, headers: { cookie }, redirect: 'manual' });
      keepCookies(answer, cookies);
    }
    next = new URL(answer.headers.get('location') ?? '', issuer.url).href;
  }
  throw new Error('The issuer did not come to an end.');
}

function keepCookies(answer: Response, cookies: Map<string, string>): void {
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    cookies.set(name, value);
  }
}
