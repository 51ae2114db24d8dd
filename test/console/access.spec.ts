import type { BrowserContext, Page } from 'playwright-core';
import { AuthServer, type Caller } from '../auth/support/auth-server';
import { videoFlow } from '../support/flow-fixtures';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { openPage, seriousViolations, takePicture, type WatchedPage } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithChromium('URL tokens on the console’s page of access', () => {
  let server: AuthServer;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    server = await AuthServer.start();
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await server.stop();
  });

  async function openAs(caller: Caller, width = 1440): Promise<WatchedPage> {
    // Who is not known yet is refused, and the browser says so.
    const opened = await openPage(browser, `${server.url}/console/access`, { expected: /401/, width });
    const { page } = opened;
    await page.getByRole('textbox', { name: 'User name' }).fill(caller);
    await page.getByLabel('Password').first().fill('secret');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'URL tokens' }).waitFor();
    return opened;
  }
  const statusWith = async (token: string): Promise<number> =>
    (await fetch(`${server.url}/flows?access_token=${token}`)).status;
  const row = (page: Page) => page.getByRole('row', { name: /Edit suite 4/ });

  it('are issued by an administrator, shown once, and revoked', async () => {
    const { page, complaints } = await openAs('admin');
    await page.getByText('None was issued.').waitFor();
    await page.getByRole('button', { name: 'Issue a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Who uses it' }).fill('Edit suite 4');
    await dialog.getByRole('textbox', { name: 'Groups' }).fill('sport, news');
    expect(await seriousViolations(page)).toEqual([]);
    await takePicture(page, 'access-issue');
    await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
    const token = await dialog.getByTestId('token').innerText();
    expect(await statusWith(token)).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(page).getByText('sport, news').waitFor();
    expect(await page.content()).not.toContain(token);
    await takePicture(page, 'access-tokens');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke Edit suite 4' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row(page).getByText('revoked').waitFor();
    expect(await statusWith(token)).toBe(401);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('are beside the audit log, which finds who changed a Flow', async () => {
    const flow = videoFlow();
    await server.as('write', 'PUT', `/flows/${flow.id}`, flow);
    await server.as('read', 'DELETE', `/flows/${flow.id}`);
    const { page, complaints } = await openAs('admin');
    await page.goto(`${server.url}/console/flows/${flow.id}`);
    await page.getByRole('link', { name: 'Who changed it' }).click();
    const lines = page.getByRole('region', { name: 'Audit log' }).getByRole('row');
    await lines.getByText('scope-missing').waitFor();
    // Its own line is what was done; the first is the head of the table.
    expect(await lines.count()).toBe(3);
    expect(await lines.nth(2).innerText()).toMatch(/write\s+PUT \/flows\/\{flowId\}/);
    expect(await seriousViolations(page)).toEqual([]);
    await takePicture(page, 'access-audit');
    await page.getByRole('textbox', { name: 'By whom' }).fill('nobody');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('Nothing of it is in the log.').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('are no matter of others, who are told which scope is missing', async () => {
    const { page, complaints } = await openAs('write', 390);
    await page.getByText('Administrators see and issue them.').waitFor();
    const issue = page.getByRole('button', { name: 'Issue a token' });
    expect(await issue.getAttribute('aria-description')).toContain('tams-api/admin');
    await issue.click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
