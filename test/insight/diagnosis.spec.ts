import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

const run = promisify(execFile);
/** What must not be in an archive that is attached to a report. */
const secrets: Record<string, string> = {
  storageKey: `planted-${randomUUID()}`,
  storageId: `PLANTED${randomUUID().slice(0, 8).toUpperCase()}`,
  bearer: `planted-${randomUUID()}`,
  address: `planted-${randomUUID()}`,
  signature: `planted${randomUUID().replaceAll('-', '')}`,
  apiKey: `planted-${randomUUID()}`,
  userInfo: `planted-${randomUUID()}`,
};

describe('npm run diagnose', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tams-diagnosis-'));
  let tams: TestServer;

  beforeAll(async () => {
    const databaseUrl = await createTestDatabase();
    secrets['database'] = new URL(databaseUrl).password;
    expect(secrets['database'].length).toBeGreaterThan(12);
    tams = await startTestServer({
      DATABASE_URL: databaseUrl,
      GRAFANA_URL: `http://admin:${secrets['userInfo']!}@grafana.test`,
      S3_BUCKET: 'bucket',
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_REGION: 'eu-west-1',
      S3_ACCESS_KEY_ID: secrets['storageId']!,
      S3_SECRET_ACCESS_KEY: secrets['storageKey']!,
      S3_FORCE_PATH_STYLE: 'true',
    });
    await fetch(`${tams.url}/insight/log-level`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"level":"info"}',
    });
    await fetch(`${tams.url}/flows/none?access_token=${secrets['address']!}&X-Amz-Signature=${secrets['signature']!}`, {
      headers: { authorization: `Bearer ${secrets['bearer']!}` },
    });
    await fetch(`${tams.url}/service/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        url: 'https://192.0.2.1/',
        events: ['flows/created'],
        api_key_name: 'x-key',
        api_key_value: secrets['apiKey'],
      }),
    });
    await fetch(
      `${tams.url}/media/x?X-Amz-Credential=${secrets['storageId']!}&X-Amz-Signature=${secrets['signature']!}`,
    );
  });
  afterAll(async () => {
    await fetch(`${tams.url}/insight/log-level`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"level":"silent"}',
    });
    await tams.stop();
    rmSync(directory, { recursive: true });
  });

  it('writes one archive with all that is known, for its owner’s eyes, and no secret', async () => {
    const file = join(directory, 'archive.tar.gz');
    const { stdout } = await run(process.execPath, ['scripts/diagnose.mjs', '--url', tams.url, '-o', file], {
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout.trim()).toBe(file);
    expect(statSync(file).mode & 0o077).toBe(0);
    await run('tar', ['xzf', file, '-C', directory]);
    const unpacked = join(directory, 'tams-diagnosis');
    const texts = new Map(readdirSync(unpacked).map((name) => [name, readFileSync(join(unpacked, name), 'utf8')]));
    expect([...texts.keys()].sort()).toEqual([
      'README.txt',
      'changes.json',
      'errors.json',
      'log.ndjson',
      'metrics.txt',
      'now.json',
      'overview.json',
      'refusals.json',
      'routes.json',
      'series-day.json',
      'series-hour.json',
      'traces.json',
    ]);
    expect(texts.get('changes.json')).toContain('S3_SECRET_ACCESS_KEY');
    expect(texts.get('log.ndjson')).toContain('/flows/none');
    expect(texts.get('refusals.json')).toContain('/flows/{flowId}');
    expect(texts.get('metrics.txt')).toContain('# TYPE tams_http_requests_total counter');
    for (const [name, text] of texts)
      for (const [kind, secret] of Object.entries(secrets))
        expect([name, kind, text.includes(secret)]).toEqual([name, kind, false]);
  });

  it('says why there is none', async () => {
    await expect(
      run(process.execPath, ['scripts/diagnose.mjs', '--url', 'http://127.0.0.1:9'], {
        env: { PATH: process.env['PATH'] },
      }),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No server answers at http://127.0.0.1:9') as string,
    });
  });
});
