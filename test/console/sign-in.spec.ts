import type { BrowserContext } from 'playwright-core';
import { AuthServer } from '../auth/support/auth-server';
import { startRealIssuer } from '../auth/support/real-issuer';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { openPage, seriousViolations, takePicture } from './browsing';
import { buildConsole } from './build-console';

const AUDIENCE = 'urn:x-tams:test-store';
/** The browser reports refused requests by itself. */
const refused = /401/;

jest.setTimeout(120_000);

describeWithChromium('signing in to the console', () => {
  let server: AuthServer;
  let issuer: Awaited<ReturnType<typeof startRealIssuer>>;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const flow = videoFlow({ label: 'Behind a door' });

  beforeAll(async () => {
    buildConsole();
    // The issuer has to know the server's address before the server starts, and the other way about.
    const port = 8250 + (process.pid % 50);
    issuer = await startRealIssuer(`http://127.0.0.1:${port}`, AUDIENCE);
    server = await AuthServer.start({
      PORT: String(port),
      AUTH_OIDC_ISSUERS: issuer.url,
      AUTH_OIDC_AUDIENCE: AUDIENCE,
      AUTH_OIDC_CLIENT_ID: 'swagger-ui',
    });
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow, 'basic');
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await server.stop();
    await issuer.stop();
  });

  const address = (): string => `${server.url}/console/flows/${flow.id}`;

  it('by name and password: a wrong one is told, a right one leads on, and only this tab keeps it', async () => {
    const { page, complaints } = await openPage(browser, address(), { expected: refused });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await takePicture(page, 'sign-in');
    await page.getByRole('textbox', { name: 'User name' }).fill('read');
    await page.getByLabel('Password').first().fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('(401)').waitFor();
    await page.getByLabel('Password').first().fill('secret');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Behind a door' }).waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('Basic');
    await page.reload();
    await page.getByRole('heading', { name: 'Behind a door' }).waitFor();
    await page.getByRole('button', { name: 'Signed in as read' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('by a token that may only read: what it may not do is disabled, and says which scope is missing', async () => {
    const { page, complaints } = await openPage(browser, address(), { expected: refused });
    await page
      .getByLabel('Token')
      .first()
      .fill(await server.urlToken('read'));
    await page.getByRole('button', { name: 'Use token' }).click();
    const edit = page.getByRole('button', { name: 'Edit' });
    await edit.waitFor();
    // Its stream of events is let in by the same token.
    await page.getByText('Changes show at once').waitFor();
    expect(await edit.getAttribute('aria-disabled')).toBe('true');
    await edit.hover();
    await page.getByRole('tooltip').getByText('tams-api/write').waitFor();
    await edit.click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('at the identity provider: back where one was, with all one’s rights', async () => {
    const { page, complaints } = await openPage(browser, `${address()}?t=1:0`, { expected: refused });
    await page.getByRole('button', { name: /^Log in at/ }).click();
    await page.locator('input[name=login]').fill('jane');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Behind a door' }).waitFor();
    expect(page.url()).toBe(`${address()}?t=1:0`);
    expect(await page.getByRole('button', { name: 'Edit' }).getAttribute('aria-disabled')).not.toBe('true');
    expect(complaints).toEqual([]);
    await page.close();
  });
});
