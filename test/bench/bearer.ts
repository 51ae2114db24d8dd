import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Configuration } from '@tams/platform';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { BearerTokens } from '../../libs/auth/src/bearer/bearer-tokens';
import { spreadOf } from './measurement';
import { machine, spread } from './report';
import { readOptions } from './options';

const USAGE = `npm run bench:bearer -- [--json]
What checking a bearer token costs: seen for the first time (its signature is verified), and remembered. Median, lowest and highest of
20 batches, in microseconds. Ends with 1 when a remembered one costs 50 or more.`;

const options = readOptions(USAGE, {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

const BATCHES = 20;
const MOST_MICROSECONDS = 50;

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const issuer = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const sign = (id: number): Promise<string> =>
    new SignJWT({ scope: 'tams-api/read tams-api/write', groups: ['sport'], padding: 'x'.repeat(800), jti: String(id) })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(url)
      .setAudience('tams')
      .setSubject('ingest')
      .setExpirationTime('10m')
      .sign(privateKey);
  const tokens = new BearerTokens(
    new Configuration({ AUTH_MODE: 'bearer', AUTH_OIDC_ISSUERS: url, AUTH_OIDC_AUDIENCE: 'tams' }).security.oidc,
  );
  const fresh = await Promise.all(Array.from({ length: BATCHES * 50 + 1 }, (_, id) => sign(id)));
  const known = fresh.pop() ?? '';
  await tokens.verify(known);
  const first = await batches(50, async (index) => tokens.verify(fresh[index] ?? ''));
  const remembered = await batches(10_000, () => tokens.verify(known));
  issuer.close();
  if (options.json)
    console.log(JSON.stringify({ machine: machine(), bytes: known.length, first, remembered }, null, 2));
  else console.log(`${known.length} bytes: first ${spread(first, 1)} us, remembered ${spread(remembered, 2)} us`);
  if (remembered.median >= MOST_MICROSECONDS) process.exitCode = 1;
}

/** Microseconds of one call, batch by batch. */
async function batches(calls: number, call: (index: number) => unknown): Promise<ReturnType<typeof spreadOf>> {
  const costs: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const begin = performance.now();
    for (let index = 0; index < calls; index += 1) await call(batch * calls + index);
    costs.push(((performance.now() - begin) * 1000) / calls);
  }
  return spreadOf(costs);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
