import type { BrowserContext, Page } from 'playwright-core';
import { describeWithFfmpeg } from '../media/media-maker';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { startTestServer, type TestServer } from '../support/test-server';
import { decode, probe } from './support/ffmpeg-player';
import { describeWithGstreamer, gstreamerPlayers, playWithGstreamer } from './support/gstreamer';
import { pathBeside, readMediaPlaylist, readPlaylist } from './support/hls';
import { PlayableStore } from './support/playable-store';
import { type Played, PLAYED_SECONDS, playedMedia, rareMedia } from './support/played-media';
import { type Player, players, PlayerSite, seek, showSubtitles, speak, until } from './support/player-site';

const SOUND_WITHOUT_A_CLICK = '--autoplay-policy=no-user-gesture-required';
// Each of several steps of a test may take what a player may, on a machine that is busy with much else.
jest.setTimeout(240_000);

/** How much of the timeline playlists and players may lack for the rounding of clocks, in seconds. */
const ROUNDING_SECONDS = 0.1;
/** The same for players that count from the media itself: sound and picture of a piece do not end together, at every cut. */
const CUTS_SECONDS = 0.3;
const allMedia = { ...playedMedia, ...rareMedia };
const names = Object.keys(playedMedia);
const allNames = Object.keys(allMedia);

describeWithFfmpeg('unchanged players, against the real server with real media', () => {
  let tams: TestServer;
  const stored: Record<string, Played> = {};

  beforeAll(async () => {
    tams = await startTestServer();
    const store = new PlayableStore(tams.url);
    for (const [name, make] of Object.entries(allMedia)) stored[name] = await make(store);
  }, 180_000);
  afterAll(() => tams.stop());

  const played = (name: string): Played => {
    const found = stored[name];
    if (!found) throw new Error(`${name} was not stored.`);
    return found;
  };
  const urlOf = (name: string): string => tams.url + played(name).path;

  describeWithChromium('in a page of another origin', () => {
    let site: PlayerSite;
    let browser: BrowserContext;
    let closeBrowser: () => Promise<void>;

    beforeAll(async () => {
      site = await PlayerSite.start();
      ({ browser, close: closeBrowser } = await launchChromium([SOUND_WITHOUT_A_CLICK]));
    });
    afterAll(async () => {
      await closeBrowser();
      site.stop();
    });

    /** Runs `work` with each player in a page of its own, all at the same time. */
    const inEachPlayer = async (name: string, work: (page: Page, player: Player) => Promise<void>): Promise<void> => {
      await Promise.all(
        players.map(async (player) => {
          const page = await browser.newPage();
          try {
            await site.open(page, player, urlOf(name));
            await work(page, player);
          } catch (error) {
            throw new Error(`${player}: ${String(error)}`, { cause: error });
          } finally {
            await page.close();
          }
        }),
      );
    };

    it.each(names)(`${players.join(' and ')} play %s`, async (name) => {
      const { tone, gap } = played(name);
      await inEachPlayer(name, async (page) => {
        const playing = await until(page, 'time > 1 && pictures > 15 && sound > 0 && tone > 0');
        expect(playing.width).toBe(320);
        expect(Math.abs(playing.duration - PLAYED_SECONDS)).toBeLessThan(CUTS_SECONDS);
        expect(Math.abs(playing.tone - tone)).toBeLessThan(12);
        // On from there, over what is cut together or missing.
        const later = await until(page, `time > ${gap ? gap[1] + 0.3 : 4.3}`);
        expect(Math.abs(later.missing - (gap ? gap[1] - gap[0] : 0))).toBeLessThan(CUTS_SECONDS);
        await seek(page, 0.5);
        await until(page, 'time > 0.8 && time < 3');
        await seek(page, 6.5);
        await until(page, 'ended');
      });
    });

    it(`${players.join(' and ')} show subtitles`, async () => {
      await inEachPlayer('TS video, audio and WebVTT', async (page) => {
        await showSubtitles(page);
        await until(page, "subtitle === 'Line ' + (Math.floor(time / 2) + 1)");
        await page.evaluate('video.pause()');
        await seek(page, 6.5);
        await until(page, "subtitle === 'Line 4'");
      });
    });

    it(`${players.join(' and ')} speak the language that is chosen`, async () => {
      const name = 'CMAF video and two audio languages';
      await inEachPlayer(name, async (page) => {
        const first = await until(page, 'time > 0.5 && tone > 0');
        expect(first.languages).toEqual(played(name).languages);
        await speak(page, 'fr');
        await until(page, 'tone > 860 && tone < 900');
        await speak(page, 'en');
        await until(page, 'tone > 420 && tone < 460');
      });
    });
  });

  it.each(allNames)('ffprobe and ffmpeg read %s', async (name) => {
    const { codecs, languages = [], gap, pictures } = played(name);
    const { duration, streams } = await probe(urlOf(name));
    expect(Math.abs(duration - PLAYED_SECONDS)).toBeLessThan(ROUNDING_SECONDS);
    const codecsOf = (wanted: string): string[] =>
      streams.filter(({ kind }) => kind === wanted).map(({ codec }) => codec);
    expect(codecsOf('video')).toEqual([codecs[0]]);
    expect(new Set(codecsOf('audio'))).toEqual(new Set([codecs[1]]));
    expect(streams.flatMap(({ language }) => language ?? [])).toEqual(languages);
    const decoded = await decode(urlOf(name));
    expect(decoded.pictures).toBe(pictures);
    // It looks for packets in what is missing.
    if (!gap) expect(decoded.complaints).toBe('');
  });

  describeWithGstreamer('GStreamer', () => {
    it.each(gstreamerPlayers.flatMap((player) => names.map((name) => [player, name] as const)))(
      'plays with %s %s',
      async (player, name) => {
        const { pictures, gap = [0, 0] } = played(name);
        const given = await playWithGstreamer(player, urlOf(name));
        expect(given.pictures).toBe(pictures);
        expect(Math.abs(given.soundSeconds - (PLAYED_SECONDS - (gap[1] - gap[0])))).toBeLessThan(ROUNDING_SECONDS);
      },
    );
  });

  it.each(allNames)('a parser that nobody here wrote reads every playlist of %s', async (name) => {
    const { path } = played(name);
    const { parsed, text } = await readPlaylist(tams, path);
    const parts = parsed.isMasterPlaylist
      ? [...text.matchAll(/^[^#].*$|URI="([^"]+)"/gm)].map(([line, uri]) => pathBeside(path, uri ?? line))
      : [path];
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      const { segments } = (await readMediaPlaylist(tams, part)).parsed;
      const total = segments.reduce((sum, { duration }) => sum + duration, 0);
      expect(Math.abs(total - PLAYED_SECONDS)).toBeLessThan(ROUNDING_SECONDS);
    }
  });
});
