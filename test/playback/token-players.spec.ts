import type { BrowserContext } from 'playwright-core';
import { AuthServer } from '../auth/support/auth-server';
import { describeWithFfmpeg } from '../media/media-maker';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { probe } from './support/ffmpeg-player';
import { PlayableStore } from './support/playable-store';
import { PLAYED_SECONDS, playedMedia } from './support/played-media';
import { players, PlayerSite, until } from './support/player-site';

// A browser starts, and waits for a player as long as one may take.
jest.setTimeout(120_000);

describeWithFfmpeg('players that know nothing of credentials', () => {
  let server: AuthServer;
  let path: string;

  beforeAll(async () => {
    server = await AuthServer.start();
    const { headers } = await server.credentials('bearer', 'admin');
    const made = await playedMedia['CMAF video and two audio languages']?.(new PlayableStore(server.url, headers));
    path = made?.path ?? '';
  });
  afterAll(() => server.stop());

  const playbackUrl = async (): Promise<string> => {
    const flowId = path.split('/')[2];
    const { body } = await server.as('read', 'POST', '/service/playback-tokens', { flow_id: flowId });
    return body['url'] as string;
  };

  it('are let in by the address alone, and only as long as it counts', async () => {
    await expect(probe(server.url + path)).rejects.toThrow('401');
    const url = await playbackUrl();
    expect(Math.round((await probe(url)).duration)).toBe(PLAYED_SECONDS);
    await server.as('read', 'DELETE', '/service/playback-tokens');
    await expect(probe(url)).rejects.toThrow('403');
  });

  describeWithChromium('in a page of another origin', () => {
    let site: PlayerSite;
    let browser: BrowserContext;
    let closeBrowser: () => Promise<void>;
    beforeAll(async () => {
      site = await PlayerSite.start();
      ({ browser, close: closeBrowser } = await launchChromium(['--autoplay-policy=no-user-gesture-required']));
    });
    afterAll(async () => {
      await closeBrowser();
      site.stop();
    });

    it.each(players)('%s plays with it', async (player) => {
      const page = await browser.newPage();
      await site.open(page, player, await playbackUrl());
      const { languages } = await until(page, 'time > 1 && pictures > 15 && tone > 0');
      expect(languages).toEqual(['en', 'fr']);
    });
  });
});
