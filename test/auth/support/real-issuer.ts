import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

/** Who this issuer says may do what: it grants every scope asked for. */
const SCOPES = 'tams-api/admin tams-api/read tams-api/write tams-api/delete';

/**
 * A real OpenID Provider (npm `oidc-provider`) on loopback: client credentials for machines (`ingest`), authorization code
 * with PKCE for people (`swagger-ui`), who log in with any name.
 * @param origin of the TAMS server, whose pages log people in
 * @param audience what its tokens have as `aud`
 */
export async function startRealIssuer(
  origin: string,
  audience: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, configuration(origin, audience));
  server.on('request', provider.callback());
  return {
    url,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configuration(origin: string, audience: string): Configuration {
  return {
    clients: [
      {
        client_id: 'ingest',
        client_secret: 'machine-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: SCOPES,
      },
      {
        client_id: 'swagger-ui',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [`${origin}/docs/oauth2-redirect.html`, `${origin}/console/signed-in`],
        scope: `openid ${SCOPES}`,
      },
    ],
    scopes: ['openid', ...SCOPES.split(' ')],
    clientBasedCORS: (_ctx, requestOrigin) => requestOrigin === origin,
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: SCOPES, audience, accessTokenFormat: 'jwt', accessTokenTTL: 600 }),
      },
    },
    pkce: { required: () => true },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  };
}
