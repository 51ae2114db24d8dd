import type { BrowserContext } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, untilVideo } from './browsing';
import { buildConsole } from './build-console';
import { type CutMedia, cutMedia, MediaStore, SEGMENT_SECONDS } from './media-store';

jest.setTimeout(180_000);

/** Longer than the player reads ahead, in seconds. */
const LENGTH = 60;

describeWithChromium('a film that is played longer than URLs live', () => {
  let tams: TestServer;
  let picture: CutMedia;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;
  const flow = videoFlow({
    label: 'Long film',
    essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 320, frame_height: 180 },
  });

  beforeAll(async () => {
    buildConsole();
    // The shortest there are, in seconds.
    tams = await startTestServer({ PRESIGNED_URL_TIMEOUT_SECONDS: '30', READ_URL_TIMEOUT_SECONDS: '30' });
    picture = await cutMedia('picture', LENGTH / SEGMENT_SECONDS);
    await new MediaStore(tams.url).put(flow, picture, [...picture.segments.keys()]);
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
    await picture.remove();
  });

  it('plays on after the URLs that were valid when it began have expired', async () => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/flows/${flow.id}`);
    await untilVideo(page, 'video.readyState >= 2');
    const url = await urlOfLastSegment();
    const status = async (): Promise<number> => (await fetch(url)).status;
    expect(await status()).toBe(200);
    await eventually(status, (answer) => answer === 403, { what: 'the URL expired', every: 500, atMost: 90_000 });
    await page.keyboard.press('Space');
    await untilVideo(page, 'video.currentTime > 1');
    await page.evaluate(`document.querySelector('video').currentTime = ${LENGTH - 4}`);
    await untilVideo(page, `!video.seeking && video.currentTime > ${LENGTH - 3}`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  async function urlOfLastSegment(): Promise<string> {
    const { body } = await tams.client.get<{ get_urls: { url: string; presigned: boolean }[] }[]>(
      `/flows/${flow.id}/segments?reverse_order=true&limit=1`,
    );
    const signed = body[0]?.get_urls.find(({ presigned }) => presigned);
    if (!signed) throw new Error('no signed URL');
    return signed.url;
  }
});
