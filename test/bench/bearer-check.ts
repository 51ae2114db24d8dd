import { Configuration } from '@tams/platform';
import { BearerTokens } from '../../libs/auth/src/bearer/bearer-tokens';
import { TestIssuer } from '../auth/support/test-issuer';
import { type Spread, spreadOf } from './measurement';

const BATCHES = 20;
const CHECKS = 1000;

/** Microseconds the check of a bearer token takes that was seen before: the mean of a thousand, twenty times. */
export async function measureBearerCheck(): Promise<Spread> {
  const issuer = await TestIssuer.start();
  try {
    const environment = { AUTH_MODE: 'bearer', AUTH_OIDC_ISSUERS: issuer.url, AUTH_OIDC_AUDIENCE: 'tams' };
    const tokens = new BearerTokens(new Configuration(environment).security.oidc);
    // As long as those of identity providers are.
    const token = await issuer.token({
      claims: { scope: 'tams-api/read', groups: ['news'], padding: 'x'.repeat(800) },
    });
    await tokens.verify(token);
    const means: number[] = [];
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const started = performance.now();
      for (let index = 0; index < CHECKS; index += 1) void tokens.verify(token);
      means.push(((performance.now() - started) * 1000) / CHECKS);
    }
    return spreadOf(means);
  } finally {
    await issuer.stop();
  }
}
