import type { BrowserContext } from 'playwright-core';
import { describeWithFfmpeg } from '../media/media-maker';
import { PlayableStore } from '../playback/support/playable-store';
import { type Played, playedMedia } from '../playback/support/played-media';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, untilVideo } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithFfmpeg('what players play', () => {
  describeWithChromium('the console plays', () => {
    let tams: TestServer;
    let browser: BrowserContext;
    let closeBrowser: () => Promise<void>;
    const stored: Record<string, Played> = {};

    beforeAll(async () => {
      buildConsole();
      tams = await startTestServer();
      const store = new PlayableStore(tams.url);
      for (const [name, make] of Object.entries(playedMedia)) stored[name] = await make(store);
      ({ browser, close: closeBrowser } = await launchChromium(['--autoplay-policy=no-user-gesture-required']));
    }, 240_000);
    afterAll(async () => {
      await closeBrowser();
      await tams.stop();
    });

    it.each(Object.keys(playedMedia))('%s', async (name) => {
      const played = stored[name]!;
      const { page, complaints } = await openPage(browser, await addressOf(played));
      await untilVideo(page, 'video.readyState >= 2');
      await page.keyboard.press('Space');
      await untilVideo(page, `video.currentTime > ${played.gap ? played.gap[1] + 1 : 3}`);
      expect(await page.evaluate('document.querySelector("video").webkitAudioDecodedByteCount > 0')).toBe(true);
      expect(await page.evaluate('document.querySelector("video").webkitDecodedFrameCount > 25')).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    });

    /** The page of what is played; of a Source, that of the Flow that collects its picture and sound. */
    async function addressOf({ path }: Played): Promise<string> {
      const [, kind, id] = path.split('/');
      if (kind === 'flows') return `${tams.url}/console/flows/${id}`;
      const { body } = await tams.client.get<{ id: string }[]>(`/flows?source_id=${id}`);
      return `${tams.url}/console/flows/${body[0]!.id}`;
    }
  });
});
