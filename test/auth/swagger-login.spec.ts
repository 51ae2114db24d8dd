import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { AuthServer } from './support/auth-server';
import { startRealIssuer } from './support/real-issuer';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const describeWithChromium = existsSync(executablePath) ? describe : describe.skip;
if (!existsSync(executablePath)) console.warn(`Skipped: no Chromium at ${executablePath} (set CHROMIUM_PATH).`);

const AUDIENCE = 'urn:x-tams:test-store';
let browser: BrowserContext;
let profile: string;
let server: AuthServer;
let issuer: Awaited<ReturnType<typeof startRealIssuer>>;

beforeAll(async () => {
  if (!existsSync(executablePath)) return;
  // The issuer has to know the server's address before the server starts, and the other way about.
  const port = 8190 + (process.pid % 50);
  issuer = await startRealIssuer(`http://127.0.0.1:${port}`, AUDIENCE);
  server = await AuthServer.start({
    PORT: String(port),
    AUTH_OIDC_ISSUERS: issuer.url,
    AUTH_OIDC_AUDIENCE: AUDIENCE,
    AUTH_OIDC_CLIENT_ID: 'swagger-ui',
  });
  profile = await mkdtemp(join(tmpdir(), 'tams-chromium-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
});
afterAll(async () => {
  if (!existsSync(executablePath)) return;
  await browser.close();
  await server.stop();
  await issuer.stop();
  await rm(profile, { recursive: true, force: true });
});

/** Opens the documentation; what the page is not allowed to load or run ends up in `complaints`. */
async function open(): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|CORS/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.url}/docs`);
  await page.getByText('Time-addressable Media Store').first().waitFor();
  return { page, complaints };
}

/** Tries `GET /flows` on the page. @returns the status it shows */
async function statusOfFlows(page: Page): Promise<string> {
  const operation = page.locator('[id="operations-Flows-GET_flows"]');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const status = operation.locator('.live-responses-table .response-col_status').nth(1);
  await status.waitFor();
  return (await status.innerText()).trim();
}

jest.setTimeout(90_000);

describeWithChromium('Swagger UI in a real browser', () => {
  it('logs a person in at the issuer, and then calls the API as that person', async () => {
    const { page, complaints } = await open();
    await page.locator('.auth-wrapper > .btn.authorize').click();
    const form = page.locator('.auth-container div:has(> h4:has-text("authorization_code with PKCE"))');
    await form.getByText('select all').first().click();
    const popup = page.waitForEvent('popup');
    await form.locator('.btn.authorize').click();
    const window = await popup;
    await window.locator('input[name=login]').fill('jane');
    await window.locator('input[name=password]').fill('any');
    await window.locator('button[type=submit]').click();
    const closed = window.waitForEvent('close');
    await window.getByRole('button', { name: 'Continue' }).click();
    await closed;
    await form.getByText('Logout').waitFor();
    await page.locator('.btn-done').first().click();
    expect(await statusOfFlows(page)).toBe('200');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes a user name and a password', async () => {
    await browser.clearCookies();
    const { page, complaints } = await open();
    await page.evaluate('localStorage.clear()');
    await page.reload();
    await page.locator('.auth-wrapper > .btn.authorize').click();
    const form = page.locator('.auth-container').filter({ hasText: 'basic_auth' });
    await form.locator('input[type=text]').fill('read');
    await form.locator('input[type=password]').fill('secret');
    await form.locator('.btn.authorize').click();
    await page.locator('.btn-done').first().click();
    expect(await statusOfFlows(page)).toBe('200');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes a token', async () => {
    const { page } = await open();
    await page.evaluate('localStorage.clear()');
    await page.reload();
    await page.locator('.auth-wrapper > .btn.authorize').click();
    const form = page.locator('.auth-container').filter({ hasText: 'bearer_token_auth' });
    await form.locator('input[type=text]').fill(await server.urlToken('read'));
    await form.locator('.btn.authorize').click();
    await page.locator('.btn-done').first().click();
    expect(await statusOfFlows(page)).toBe('200');
    await page.close();
  });
});
