import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { Configuration, ConfigurationError } from '@tams/platform';
import { metrics } from '@tams/telemetry';
import { TamsServer } from '../../apps/tams-api/src/tams-server';
import { startTestServer, type TestServer } from '../support/test-server';
import { createTestDatabase } from '../support/test-database';

let directory: string;
let certificateFile: string;
let keyFile: string;
let tams: TestServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-tls-'));
  certificateFile = join(directory, 'certificate.pem');
  keyFile = join(directory, 'key.pem');
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'].concat(
      ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ['-keyout', keyFile, '-out', certificateFile],
    ),
    { stdio: 'ignore' },
  );
  tams = await startTestServer({ TLS_CERTIFICATE_FILE: certificateFile, TLS_KEY_FILE: keyFile });
});
afterAll(async () => {
  await tams.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a server with a certificate', () => {
  it('answers https, says so in its URLs, and tells browsers to stay there', async () => {
    expect(tams.url).toMatch(/^https:/);
    const ca = await readFile(certificateFile);
    const answer = await new Promise<{ status: number | undefined; hsts: unknown; version: unknown }>(
      (resolve, reject) => {
        request(`${tams.url}/service`, { ca, agent: false }, (incoming) => {
          incoming.resume();
          const version = (incoming.socket as TLSSocket).getProtocol();
          incoming.on('end', () => {
            resolve({
              status: incoming.statusCode,
              hsts: incoming.headers['strict-transport-security'],
              version,
            });
          });
        })
          .on('error', reject)
          .end();
      },
    );
    expect(answer).toEqual({ status: 200, hsts: 'max-age=31536000', version: 'TLSv1.3' });
  });

  it('says when its certificate expires', () => {
    const days = (metrics.certificateExpiry.series({}).value - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(0.9);
    expect(days).toBeLessThanOrEqual(1);
  });

  it('does not start without a certificate that can be read', async () => {
    const start = TamsServer.start(
      new Configuration({
        PORT: '0',
        DATABASE_URL: await createTestDatabase(),
        DATA_DIR: directory,
        TLS_CERTIFICATE_FILE: join(directory, 'missing.pem'),
        TLS_KEY_FILE: keyFile,
      }),
    );
    await expect(start).rejects.toThrow(ConfigurationError);
    await expect(start).rejects.toThrow('TLS_CERTIFICATE_FILE');
  });
});
