// eslint-disable-next-line no-restricted-imports -- libraries of others log through it
import { Logger } from '@nestjs/common';
import { configureLogging } from '@tams/telemetry';
import { LogLines } from '../telemetry/log-lines';
import { AuthServer, basic } from './support/auth-server';

const log = new LogLines();
let server: AuthServer;
beforeAll(async () => {
  server = await AuthServer.start({ AUDIT_LOG_FILE: '' });
  configureLogging({ level: 'trace', format: 'json', destination: log });
});
afterAll(async () => {
  await server.stop();
});

describe('the log of the server', () => {
  it('names callers and has the audit lines, and never a credential, accepted or refused', async () => {
    const bearer = (await server.credentials('bearer', 'read')).headers['authorization'] ?? '';
    const token = await server.urlToken('read');
    const forged = `${bearer.slice(7, -4)}AAAA`;
    const headers = { authorization: bearer };
    await server.send('GET', '/flows', { headers });
    await server.send('GET', `/flows?access_token=${token}`);
    await server.send('GET', '/flows', { headers: { authorization: basic('read', 'a-wrong-password') } });
    await server.send('GET', '/flows', { headers: { authorization: `Bearer ${forged}` } });
    await server.send('GET', `/nothing?access_token=${token}&limit=1`);
    await server.send('POST', `/service?access_token=${token}`, { body: {} });
    await server.send('PUT', `/flows/x/label?access_token=tams_${'f'.repeat(43)}`, { body: 'x' });
    await server.send('GET', `/flows?access_token[]=${token}&ACCESS_TOKEN=${token}`);
    await server.send('GET', `/flows/${token}`, { headers });
    const answer = await server.send('GET', '/flows', { headers: { ...headers, 'x-correlation-id': token } });
    expect(answer.headers.get('x-correlation-id')).not.toBe(token);
    await server.send('GET', `/flows?access%5Ftoken=${token}&%61ccess_token=s3cr3t-not-one-of-ours`);
    new Logger('Test').log('the end');
    const text = log.raw.join('\n');
    expect(text).toContain('the end');
    for (const secret of [
      bearer.slice(7),
      token,
      'a-wrong-password',
      forged,
      'f'.repeat(43),
      's3cr3t-not-one-of-ours',
      basic('read', 'a-wrong-password').slice(6),
    ])
      expect(text).not.toContain(secret);
    expect(log.requests().some((line) => line['principal'] === 'read')).toBe(true);
    expect(log.all()).toContainEqual(
      expect.objectContaining({ audit: 'refusal', outcome: 'scope-missing', principal: 'read', route: '/service' }),
    );
  });
});
