import * as oauth from 'oauth4webapi';
import { type Credential, credential, setCredential } from './credential';
import { consolePath, settings } from './settings';

/** What is remembered between leaving for the identity provider and coming back. */
interface Departure {
  readonly verifier: string;
  readonly state: string;
  /** Where the person was, relative to the console. */
  readonly returnTo: string;
}

const KEY = 'tams-log-in';
/** How long before its end a token is renewed, in milliseconds. */
const RENEW_BEFORE = 30_000;

/** Address the identity provider sends people back to; register it there. */
export const redirectAddress = `${location.origin}${consolePath}/signed-in`;

function loopbackOptions(issuer: URL): { [oauth.allowInsecureRequests]?: true } {
  return issuer.protocol === 'http:' ? { [oauth.allowInsecureRequests]: true } : {};
}

let discovered: Promise<oauth.AuthorizationServer> | undefined;

function authorizationServer(issuer: URL): Promise<oauth.AuthorizationServer> {
  discovered ??= oauth
    .discoveryRequest(issuer, { algorithm: 'oidc', ...loopbackOptions(issuer), signal: AbortSignal.timeout(15_000) })
    .then((answer) => oauth.processDiscoveryResponse(issuer, answer))
    .catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
  return discovered;
}

function client(): { issuer: URL; client: oauth.Client; scope: string } {
  if (!settings.oidc) throw new Error('This server has no log-in at an identity provider.');
  const { issuer, client_id, scope } = settings.oidc;
  return { issuer: new URL(issuer), client: { client_id }, scope };
}

/** Leaves for the identity provider (authorization code with PKCE, RFC 7636). */
export async function logIn(returnTo: string): Promise<void> {
  const { issuer, client: own, scope } = client();
  const server = await authorizationServer(issuer);
  if (server.authorization_endpoint === undefined) throw new Error('The identity provider has no log-in page.');
  const departure: Departure = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    returnTo,
  };
  sessionStorage.setItem(KEY, JSON.stringify(departure));
  const address = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({
    client_id: own.client_id,
    redirect_uri: redirectAddress,
    response_type: 'code',
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(departure.verifier),
    code_challenge_method: 'S256',
    state: departure.state,
  }))
    address.searchParams.set(name, value);
  location.assign(address);
}

let completing: Promise<string> | undefined;

/** Takes the code the identity provider sent, once. @returns where the person was before */
export function completeLogIn(): Promise<string> {
  completing ??= exchangeCode(new URL(location.href));
  return completing;
}

async function exchangeCode(address: URL): Promise<string> {
  const kept = sessionStorage.getItem(KEY);
  if (kept === null) throw new Error('Nobody was logging in here. Begin again.');
  sessionStorage.removeItem(KEY);
  const { verifier, state, returnTo } = JSON.parse(kept) as Departure;
  const { issuer, client: own } = client();
  const server = await authorizationServer(issuer);
  const parameters = oauth.validateAuthResponse(server, own, address, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    own,
    oauth.None(),
    parameters,
    redirectAddress,
    verifier,
    { ...loopbackOptions(issuer), signal: AbortSignal.timeout(15_000) },
  );
  setCredential(credentialFrom(await oauth.processAuthorizationCodeResponse(server, own, answer)));
  return returnTo;
}

function credentialFrom(tokens: oauth.TokenEndpointResponse): Credential {
  return {
    kind: 'bearer',
    authorization: `Bearer ${tokens.access_token}`,
    ...(tokens.expires_in !== undefined && { expires: Date.now() + tokens.expires_in * 1000 }),
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
  };
}

let renewing: Promise<void> | undefined;

/** Renews a token that ends soon, where the identity provider allows it; otherwise leaves it as it is. */
export async function renewIfNeeded(): Promise<void> {
  const now = credential();
  if (now?.expires === undefined || now.expires - Date.now() > RENEW_BEFORE || now.refreshToken === undefined) return;
  renewing ??= renew(now.refreshToken).finally(() => (renewing = undefined));
  await renewing;
}

async function renew(refreshToken: string): Promise<void> {
  const { issuer, client: own } = client();
  const server = await authorizationServer(issuer);
  const answer = await oauth.refreshTokenGrantRequest(server, own, oauth.None(), refreshToken, {
    ...loopbackOptions(issuer),
    signal: AbortSignal.timeout(15_000),
  });
  const next = credentialFrom(await oauth.processRefreshTokenResponse(server, own, answer));
  setCredential({ ...next, refreshToken: next.refreshToken ?? refreshToken });
}
