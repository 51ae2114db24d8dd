import type { BrowserContext } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { openPage, seriousViolations, takePicture } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithChromium('the console’s pages beside the library', () => {
  let tams: TestServer;
  let receiver: WebhookReceiver;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const flow = videoFlow({ label: 'Camera 1', status: 'ingesting' });

  beforeAll(async () => {
    buildConsole();
    receiver = await WebhookReceiver.start();
    tams = await startTestServer({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
    await tams.client.post('/service/webhooks', { url: receiver.url, events: ['flows/created'] });
    await tams.client.put(`/flows/${flow.id}`, flow);
    const storage = await tams.client.post<{ media_objects: { object_id: string; put_url: { url: string } }[] }>(
      `/flows/${flow.id}/storage`,
      { limit: 1 },
    );
    const [object] = storage.body.media_objects;
    await fetch(object!.put_url.url, { method: 'PUT', headers: { 'content-type': 'video/mp2t' }, body: 'media' });
    await tams.client.post(`/flows/${flow.id}/segments`, { object_id: object!.object_id, timerange: '[0:0_2:0)' });
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
    await receiver.stop();
  });

  it('Live shows what grows, and leads there', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/live`);
    await page
      .getByRole('link', { name: /Camera 1/ })
      .getByText(/^(?:Live|Stalled)$/)
      .waitFor();
    await page.getByRole('link', { name: /Camera 1/ }).click();
    await page.getByRole('heading', { name: 'Camera 1' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('Webhooks shows deliveries, tries a receiver and sends again', async () => {
    await receiver.accepts(1);
    const { page, complaints } = await openPage(browser, `${tams.url}/console/webhooks`);
    await page.getByRole('button', { name: 'Show deliveries' }).click();
    await page.getByRole('cell', { name: 'flows/created', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText(/^It was taken, in/).waitFor();
    await takePicture(page, 'webhooks');
    await page.getByRole('button', { name: 'Send flows/created again' }).click();
    await receiver.until(() => receiver.accepted.length === 3, 'the test and the replay arrived');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('Service changes what the server is called', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/service`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Studio 3');
    await page.getByRole('textbox', { name: 'Description' }).fill('What the cameras of studio 3 record');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Studio 3' }).waitFor();
    const { body } = await tams.client.get<{ name: string; description: string }>('/service');
    expect(body).toMatchObject({ name: 'Studio 3', description: 'What the cameras of studio 3 record' });
    await takePicture(page, 'service');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ['dark', 1440],
    ['light', 390],
  ] as const)('are for everybody, in %s at %d pixels: axe-core finds nothing serious', async (scheme, width) => {
    for (const [name, text] of [
      ['live', 'Camera 1'],
      ['webhooks', receiver.url],
      ['storage', 'Used by no Segment any more'],
      ['access', 'tams-api/write'],
    ] as const) {
      const { page, complaints } = await openPage(browser, `${tams.url}/console/${name}`, { scheme, width });
      await page.getByText(text).first().waitFor();
      await takePicture(page, `${name}-${scheme}-${width}`);
      expect([name, await seriousViolations(page)]).toEqual([name, []]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([name, Math.max(0, Number(overflow))]).toEqual([name, 0]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});
