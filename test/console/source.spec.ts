import type { BrowserContext } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, seriousViolations, takePicture } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithChromium('the page of a Source', () => {
  let tams: TestServer;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const picture = videoFlow({ label: 'Camera 1, 1080p' });
  const proxy = videoFlow({ label: 'Camera 1, proxy', source_id: picture.source_id });
  const sound = audioFlow({ label: 'Camera 1 microphone' });
  const programme = multiFlow(
    [
      { id: picture.id, role: 'video' },
      { id: sound.id, role: 'audio' },
    ],
    { label: 'Camera 1' },
  );

  beforeAll(async () => {
    buildConsole();
    tams = await startTestServer();
    for (const flow of [picture, proxy, sound, programme]) await tams.client.put(`/flows/${flow.id}`, flow);
    await tams.client.put(`/sources/${programme.source_id}/label`, 'Studio camera');
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
  });

  it('draws what represents it and what it collects, and leads there and back', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/flows/${programme.id}`);
    await page.getByRole('link', { name: programme.source_id }).click();
    await page.getByRole('heading', { name: 'Studio camera' }).waitFor();
    const diagram = page.getByRole('region', { name: 'Sources and the Flows that represent them' });
    await diagram.getByRole('link', { name: /Camera 1, proxy/ }).waitFor();
    await diagram.getByRole('link', { name: /Camera 1, 1080p.*Flow/ }).waitFor();
    await takePicture(page, 'source');
    await diagram.getByRole('link', { name: /Source · Audio · audio/ }).click();
    await page.getByRole('link', { name: programme.source_id }).click();
    await page.getByRole('heading', { name: 'Studio camera' }).waitFor();
    await diagram.getByRole('link', { name: /Camera 1 microphone.*Flow/ }).click();
    await page.getByRole('heading', { name: 'Camera 1 microphone' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ['dark', 1440],
    ['light', 390],
  ] as const)('is for everybody, in %s at %d pixels', async (scheme, width) => {
    const address = `${tams.url}/console/sources/${programme.source_id}`;
    const { page, complaints } = await openPage(browser, address, { scheme, width });
    await page.getByRole('link', { name: /Camera 1, proxy/ }).waitFor();
    await takePicture(page, `source-${scheme}-${width}`);
    expect(await seriousViolations(page)).toEqual([]);
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
