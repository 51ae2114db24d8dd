import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AuthServer } from '../auth/support/auth-server';
import { startTestServer, type TestServer } from '../support/test-server';
import { buildConsole } from './build-console';

const run = promisify(execFile);
const root = join(__dirname, '../..');
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
let tams: TestServer;

beforeAll(async () => {
  buildConsole();
  tams = await startTestServer();
}, 120_000);
afterAll(() => tams.stop());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${tams.url}${path}`, { headers, redirect: 'manual' });
}

describe('the address of the server', () => {
  it('sends browsers to the console, and gives clients their list', async () => {
    const sent = await get('/', { accept: browser });
    expect([sent.status, sent.headers.get('location')]).toEqual([302, '/console/']);
    for (const accept of ['application/json', '*/*', 'application/json, text/html']) {
      const listed = await get('/', { accept });
      expect([listed.status, await listed.json()]).toEqual([
        200,
        ['service', 'flows', 'sources', 'flow-delete-requests'],
      ]);
      expect(listed.headers.get('vary')).toContain('Accept');
    }
    expect((await get('/flows', { accept: browser })).headers.get('content-type')).toContain('application/json');
  });

  it('keeps the prefix under which clients reach it', async () => {
    const own = await startTestServer({ PUBLIC_BASE_URL: 'https://example.test/tams' });
    try {
      const sent = await fetch(`${own.url}/`, { headers: { accept: browser }, redirect: 'manual' });
      expect(sent.headers.get('location')).toBe('/tams/console/');
      expect(await (await fetch(`${own.url}/console/`)).text()).toContain('<base href="/tams/console/" />');
    } finally {
      await own.stop();
    }
  });
});

describe('the page', () => {
  it.each(['/console', '/console/', '/console/flows/x?t=1:0'])('is answered at %s, never kept', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await answer.text()).toContain('<base href="/console/" />');
  });

  it('runs only scripts that carry its nonce, a new one each time', async () => {
    const nonces = new Set<string>();
    for (let time = 0; time < 2; time += 1) {
      const answer = await get('/console/');
      const policy = answer.headers.get('content-security-policy') ?? '';
      const nonce = /script-src 'nonce-([^']+)' 'strict-dynamic'/.exec(policy)?.[1] ?? '';
      nonces.add(nonce);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      const html = await answer.text();
      for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain(`nonce="${nonce}"`);
      expect(html).not.toContain('__');
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    }
    expect(nonces.size).toBe(2);
  });

  it('admits media from storage backends and origins that were named, and log-in at the issuer', async () => {
    const own = await AuthServer.start({
      CONSOLE_MEDIA_ORIGINS: 'https://media.example',
      S3_BUCKET: 'bucket',
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_PUBLIC_ENDPOINT: 'https://s3.example',
      S3_REGION: 'eu-west-1',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
      S3_FORCE_PATH_STYLE: 'true',
      AUTH_OIDC_CLIENT_ID: 'console',
    });
    try {
      const answer = await fetch(`${own.url}/console/`);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`connect-src 'self' ${own.issuer.url} https://s3.example https://media.example`);
      expect(policy).toContain("media-src 'self' blob: https://s3.example https://media.example");
      const html = await answer.text();
      expect(html).toContain('"client_id":"console"');
      expect(html).not.toContain('secret');
    } finally {
      await own.stop();
    }
  });

  it('needs no credentials, and opens nothing else', async () => {
    const own = await AuthServer.start();
    try {
      expect((await own.send('GET', '/console/flows/x')).status).toBe(200);
      for (const path of ['/console/../flows', '/console/%2e%2e/flows', '/console/..%2fflows'])
        expect([path, (await own.send('GET', path)).text]).toEqual([path, expect.not.stringMatching(/^[[{]/)]);
      expect((await own.send('GET', '/console/api/flows')).status).toBe(401);
      expect((await own.send('GET', '/console/api/none')).status).toBe(404);
    } finally {
      await own.stop();
    }
  });

  it('has scripts and styles that are kept for ever, compressed', async () => {
    const html = await (await get('/console/')).text();
    const address = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const answer = await get(`/console/${address}`, { 'accept-encoding': 'gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect((await get('/console/assets/none.js')).status).toBe(404);
  });

  it('needs less than 600 kB of script for its first view', async () => {
    const html = await (await get('/console/')).text();
    const first = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
    expect(first.length).toBeGreaterThan(1);
    const sizes = first.map((name) => statSync(join(root, 'dist/apps/tams-console', `${name}.gz`)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(600_000);
  });

  it('asks no other host: no address in its files is one it fetches', () => {
    const assets = join(root, 'dist/apps/tams-console/assets');
    const styles = readdirSync(assets).filter((name) => name.endsWith('.css'));
    for (const name of styles) expect(readFileSync(join(assets, name), 'utf8')).not.toMatch(/url\((?:"|')?https?:/);
  });
});

describe('the types of the API', () => {
  it('that the page is written against are those of the server', async () => {
    // A program of its own: what makes the types is a module that this runner cannot load.
    const program = ['scripts/console-types.mjs', '--check', tams.url];
    const environment = { ...process.env, NODE_OPTIONS: '' };
    await expect(run(process.execPath, program, { cwd: root, env: environment })).resolves.toMatchObject({
      stderr: '',
    });
  }, 60_000);
});
