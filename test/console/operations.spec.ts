import { randomUUID } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import { Client } from 'pg';
import { fillDirectly, type ReadDeletion } from '../http/deletion-fixtures';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { TestWorld } from '../support/test-world';
import { openPage, seriousViolations, takePicture } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithChromium('the console’s page Operations', () => {
  const flow = videoFlow({ label: 'Camera 1' });
  let tams: TestWorld;
  let other: Client;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    tams = await TestWorld.start({
      GRAFANA_URL: 'http://grafana.test:3000',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '110',
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    });
    await tams.client.put(`/flows/${flow.id}`, flow);
    for (let request = 0; request < 20; request += 1) await tams.client.get(`/flows/${flow.id}`);
    await tams.client.get(`/flows/${randomUUID()}`);
    other = await connect();
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await other.end();
    await tams.stop();
  });

  /** A session of somebody's, which ends with its connection. */
  async function connect(): Promise<Client> {
    const session = new Client({ connectionString: tams.databaseUrl, application_name: 'somebody' });
    await session.connect();
    return session;
  }

  it('leads from a correlation id to the session that blocks it, and ends that session', async () => {
    const correlationId = `at-night-${randomUUID()}`;
    other.on('error', () => undefined);
    await other.query('BEGIN');
    await other.query('LOCK TABLE flows IN ACCESS EXCLUSIVE MODE');
    const blocked = fetch(`${tams.url}/flows/${flow.id}`, { headers: { 'x-correlation-id': correlationId } });
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`);
    await page
      .getByTestId('sentence')
      .getByText(/held by session \d+ \(somebody/)
      .waitFor();
    await takePicture(page, 'operations-locked');
    // 1: the id, and Find. What the request waits for is there.
    await page.getByRole('textbox', { name: 'Correlation id' }).fill(correlationId);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText(/^session \d+ \(somebody, idle in transaction/).waitFor();
    await takePicture(page, 'operations-correlation');
    // 2: back; 3 and 4: end the session that keeps it waiting.
    await page.getByRole('link', { name: 'Operations' }).first().click();
    await page.getByRole('button', { name: /^End session \d+/ }).click();
    await page.getByRole('button', { name: 'End session', exact: true }).click();
    expect((await blocked).status).toBe(200);
    await page
      .getByTestId('sentence')
      .getByText(/^All \d+ parts work/)
      .waitFor();
    expect(complaints).toEqual([]);
    await page.close();
    other = await connect();
  });

  it('changes the level of the log, and downloads a diagnosis', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`);
    await page.getByLabel('Level of the log').selectOption('fatal');
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Diagnosis' }).click();
    expect((await downloading).suggestedFilename()).toMatch(/^tams-diagnosis-\d{8}T\d{4}\.tar\.gz$/);
    await page.getByLabel('Level of the log').selectOption('silent');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows what to do in place, follows links between runbooks, and takes no HTML from them', async () => {
    const session = await connect();
    await session.query('BEGIN');
    await session.query('LOCK TABLE flows IN ACCESS EXCLUSIVE MODE');
    const blocked = fetch(`${tams.url}/flows/${flow.id}`);
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`);
    const runbook = page.getByRole('region', { name: 'Runbook' });
    await page
      .getByTestId('sentence')
      .getByText(/held by session/)
      .waitFor();
    await runbook.getByRole('heading', { name: 'What to do', level: 4 }).waitFor();
    expect(await runbook.locator('pre').count()).toBeGreaterThan(0);
    await takePicture(page, 'operations-runbook');
    expect(await seriousViolations(page)).toEqual([]);
    await page.route('**/docs/runbooks/setup.md', (route) =>
      route.fulfill({
        body: '# Hostile\n\n<img src=x onerror=alert(1)> <script>alert(1)</script> [here](javascript:alert(1))',
      }),
    );
    await runbook.getByRole('link', { name: 'setup' }).click();
    await runbook.getByRole('heading', { name: 'Hostile' }).waitFor();
    expect(await runbook.locator('img, script').count()).toBe(0);
    expect(await runbook.getByText('<img src=x').count()).toBe(1);
    expect(await runbook.locator('a[href^="javascript"]').count()).toBe(0);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await runbook.getByRole('heading', { name: 'What to do' }).waitFor();
    await session.end();
    await blocked;
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows how far a deletion is, and stops it', async () => {
    const session = await connect();
    const doomed = videoFlow({ label: 'Too much' });
    await tams.client.put(`/flows/${doomed.id}`, doomed);
    await fillDirectly(tams.database, doomed.id, 9_000);
    await session.query('BEGIN');
    // The third batch is held up.
    await session.query('SELECT 1 FROM segments WHERE flow_id = $1 AND end_ns = 5000000000000 FOR UPDATE', [doomed.id]);
    const { body: request } = await tams.client.delete<ReadDeletion>(`/flows/${doomed.id}`);
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`);
    const jobs = page.getByRole('list', { name: 'Jobs' });
    await jobs.getByText(/^4\u202f000 of 9\u202f000 segments/).waitFor();
    expect(await jobs.getByRole('progressbar').getAttribute('aria-valuenow')).toMatch(/^44\./);
    await takePicture(page, 'operations-job');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop flow-deletion' }).click();
    await page.getByText('the Flow keeps the rest').waitFor();
    await page.getByRole('button', { name: 'Stop it' }).click();
    await jobs.getByText('Stopping, by anonymous').waitFor();
    await session.end();
    await jobs.waitFor({ state: 'detached' });
    const stopped = await tams.client.get<ReadDeletion>(`/flow-delete-requests/${request.id}`);
    expect(stopped.body).toMatchObject({ status: 'error', error: { type: 'deletion-stopped' } });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what grows, and which receiver is owed what since when', async () => {
    // Nobody listens there.
    await tams.client.post('/service/webhooks', {
      url: 'http://127.0.0.1:9/receiver',
      events: ['flows/segments_added'],
    });
    await tams.fill(flow.id, ['[0:0_2:0)']);
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`);
    const card = page.locator('.mantine-Card-root').filter({ hasText: 'Ingest and webhooks' });
    await card.getByText('http://127.0.0.1:9/receiver').waitFor();
    await card.getByText(/owed 1 · failing since .* · next attempt/).waitFor();
    await card.getByRole('link', { name: 'Camera 1' }).waitFor();
    await card.getByText(/last Segment/).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ['dark', 1440],
    ['light', 390],
    ['light', 1440],
    ['dark', 390],
  ] as const)('is for everybody, in %s at %d pixels: axe-core finds nothing serious', async (scheme, width) => {
    // A page that a failed test left open would keep its connections.
    for (const open of browser.pages().slice(1)) await open.close();
    const { page, complaints } = await openPage(browser, `${tams.url}/console/operations`, { scheme, width });
    await page.getByText('2xx').first().waitFor();
    await page.getByRole('tab', { name: 'Refused' }).click();
    await page.getByRole('link', { name: 'GET /flows/{flowId}' }).first().waitFor();
    await page.screenshot({ path: `data/console-pictures/operations-${scheme}-${width}.png`, fullPage: true });
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(Math.max(0, Number(overflow))).toBe(0);
    await page.getByRole('link', { name: 'GET /flows/{flowId}' }).first().click();
    await page.getByRole('list', { name: 'Steps' }).waitFor();
    await takePicture(page, `operations-work-${scheme}-${width}`);
    expect(await seriousViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
