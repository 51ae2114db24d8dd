import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

/** Pages that nothing tells of changes ask for them every 30 seconds: what shows sooner was told. */
const SOONER = { timeout: 15_000 };

describeWithChromium('pages of the console that are left open', () => {
  let kept: { DATABASE_URL: string; DATA_DIR: string };
  let tams: TestServer;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    kept = {
      DATABASE_URL: await createTestDatabase(),
      DATA_DIR: await mkdtemp(join(tmpdir(), 'tams-following-')),
    };
    tams = await startTestServer(kept);
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
    await rm(kept.DATA_DIR, { recursive: true, force: true });
  });

  const put = async (label: string, server = tams): Promise<string> => {
    const flow = videoFlow({ label });
    await server.client.put(`/flows/${flow.id}`, flow);
    return flow.id;
  };
  const follows = (page: Page): Promise<void> => page.getByText('Changes show at once').waitFor();

  it('show a Flow that is made, changed and deleted as it happens', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/`);
    await follows(page);
    const flowId = await put('First take');
    await page.getByRole('link', { name: /First take/ }).waitFor(SOONER);
    await tams.client.put(`/flows/${flowId}/label`, 'Second take');
    await page.getByRole('link', { name: /Second take/ }).waitFor(SOONER);
    await tams.client.delete(`/flows/${flowId}`);
    await page.getByRole('link', { name: /Second take/ }).waitFor({ state: 'detached', ...SOONER });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('show a Flow’s new Segments as they come', async () => {
    const flowId = await put('Growing');
    const { page, complaints } = await openPage(browser, `${tams.url}/console/flows/${flowId}`);
    await page.getByText('Empty').waitFor();
    await follows(page);
    const storage = await tams.client.post<{ media_objects: { object_id: string; put_url: { url: string } }[] }>(
      `/flows/${flowId}/storage`,
      { limit: 1 },
    );
    const [object] = storage.body.media_objects;
    await fetch(object!.put_url.url, { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'media' });
    await tams.client.post(`/flows/${flowId}/segments`, { object_id: object!.object_id, timerange: '[0:0_2:0)' });
    await page.getByRole('main').getByText('Live', { exact: true }).first().waitFor(SOONER);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('catch up by themselves when the server was restarted, from where they were', async () => {
    const flowId = await put('Before');
    const { page } = await openPage(browser, `${tams.url}/console/flows/${flowId}`);
    await follows(page);
    const { port } = new URL(tams.url);
    await tams.stop();
    await page.getByText('Changes show after a while').waitFor();
    // Another server of the same store, which the page does not know of.
    const other = await startTestServer(kept);
    await other.client.put(`/flows/${flowId}/label`, 'Meanwhile');
    await other.stop();
    const resumed = page.waitForRequest(
      async (request) =>
        request.url().endsWith('/service/events') && (await request.allHeaders())['last-event-id'] !== undefined,
    );
    tams = await startTestServer({ ...kept, PORT: port });
    await page.getByRole('heading', { name: 'Meanwhile' }).waitFor(SOONER);
    await follows(page);
    await resumed;
    await page.close();
  });
});
