import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { untilVideo } from '../console/browsing';
import { buildConsole } from '../console/build-console';
import { describeWithFfmpeg } from '../media/media-maker';
import { cutMedia, PIECE_SECONDS } from '../playback/support/cut-media';
import { LiveEncoder } from '../playback/support/live-encoder';
import { audioDocument, PlayableStore, videoDocument } from '../playback/support/playable-store';
import { players, PlayerSite, stateOf, until } from '../playback/support/player-site';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';
import { BreakableServer } from './support/breakable-server';
import { LONG } from './support/chance';

// Three minutes with --long, two otherwise.
const BEFORE_RESTART_SECONDS = LONG ? 90 : 55;
const RECOVERY_SECONDS = LONG ? 50 : 40;
const AFTER_SECONDS = LONG ? 40 : 25;
const WATCHED_SECONDS = BEFORE_RESTART_SECONDS + RECOVERY_SECONDS + AFTER_SECONDS;
const PAST_SECONDS = 20;
const LOOK_EVERY_MS = 250;
/**
 * How long a player may stand still in all that time, the rounding of its clock included. The short run is made on any machine,
 * where other work takes a moment from a player now and then.
 */
const MOST_LOST_SECONDS = LONG ? 0.5 : 2;
/**
 * Players begin three target durations before the end of the playlist, as RFC 8216bis (section 6.3.3) tells them. When the next
 * Segment is there, they are a Segment further away; what they needed to begin comes on top.
 */
const MOST_BEHIND_SECONDS = 4 * PIECE_SECONDS;

describeWithFfmpeg('a Flow that grows while it is watched', () => {
  describeWithChromium('across a restart of the server', () => {
    let server: BreakableServer;
    let directory: string;
    let site: PlayerSite;
    let browser: BrowserContext;
    let closeBrowser: () => Promise<void>;

    beforeAll(async () => {
      buildConsole();
      directory = await mkdtemp(join(tmpdir(), 'tams-growing-'));
      server = await BreakableServer.start({ DATABASE_URL: await createTestDatabase(), DATA_DIR: directory });
      site = await PlayerSite.start();
      ({ browser, close: closeBrowser } = await launchChromium(['--autoplay-policy=no-user-gesture-required']));
    });
    afterAll(async () => {
      await closeBrowser();
      site.stop();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });

    it('is played near its end in sound and vision, by players and by the console', async () => {
      const { url, collectionId, encoder, encoding, stop } = await broadcast(server.url);
      const onConsole = await ConsolePlayer.open(browser, `${server.url}/console/flows/${collectionId}`);
      const watching = await Promise.all(
        players.map(async (player) => {
          const page = await browser.newPage();
          const asked = Date.now();
          await site.open(page, player, url);
          await until(page, 'time > 0 && pictures > 10 && tone > 0');
          return { player, page, startSeconds: (Date.now() - asked) / 1000 };
        }),
      );
      const watch = (seconds: number): Promise<Watched[]> =>
        Promise.all(watching.map(({ page }) => look(page, encoder, seconds)));
      const watchedFrom = await onConsole.time();
      const before = await watch(BEFORE_RESTART_SECONDS);
      expect((await onConsole.time()) - watchedFrom).toBeGreaterThan(BEFORE_RESTART_SECONDS - PIECE_SECONDS);
      const killed = Date.now();
      await server.kill();
      await server.restart();
      const awaySeconds = (Date.now() - killed) / 1000;
      await watch(RECOVERY_SECONDS);
      const recovered = await onConsole.time();
      const after = await watch(AFTER_SECONDS);
      expect((await onConsole.time()) - recovered).toBeGreaterThan(AFTER_SECONDS - PIECE_SECONDS);
      stop.abort();
      await encoding;
      for (const [index, { player, startSeconds }] of watching.entries()) {
        const [first, last] = [before[index]!, after[index]!];
        console.log(
          `${player}: ${first.furthest} s behind, ${last.furthest} s after ${awaySeconds} s without a server`,
        );
        expect([player, first.failures]).toEqual([player, []]);
        expect(Math.max(first.lost, last.lost)).toBeLessThan(MOST_LOST_SECONDS);
        expect(first.furthest).toBeLessThan(MOST_BEHIND_SECONDS + startSeconds);
        // What they waited for the server they need not catch up with: they play at the speed of life.
        expect(last.furthest).toBeLessThan(MOST_BEHIND_SECONDS + startSeconds + awaySeconds);
        expect(last.tone).toBeGreaterThan(0);
        expect(last.pictures - first.pictures).toBeGreaterThan(AFTER_SECONDS * 25);
      }
    });
  });
});

/** The console's page of a growing Flow, playing at its end. */
class ConsolePlayer {
  private constructor(private readonly page: Page) {}

  static async open(browser: BrowserContext, address: string): Promise<ConsolePlayer> {
    const page = await browser.newPage();
    await page.goto(address);
    await untilVideo(page, 'video.readyState >= 2');
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await untilVideo(page, '!video.paused && !video.seeking && video.readyState >= 3');
    return new ConsolePlayer(page);
  }

  /** Seconds of media since its playlist began. */
  async time(): Promise<number> {
    return Number(await this.page.evaluate("document.querySelector('video').currentTime"));
  }
}

/** What a player shows over some time. */
interface Watched {
  /** Largest distance to the end of the Flow, in seconds. */
  readonly furthest: number;
  /** How much less it played than time went by, in seconds. */
  readonly lost: number;
  readonly tone: number;
  /** Since it was opened. */
  readonly pictures: number;
  readonly failures: readonly string[];
}

/** Looks at a player for some seconds. */
async function look(page: Page, encoder: LiveEncoder, seconds: number): Promise<Watched> {
  const begin = Date.now();
  const first = await stateOf(page);
  let [furthest, state] = [0, first];
  while (Date.now() < begin + seconds * 1000) {
    await delay(LOOK_EVERY_MS);
    state = await stateOf(page);
    furthest = Math.max(furthest, (encoder.edge - (state.date ?? 0)) / 1000);
  }
  const played = (state.date ?? 0) - (first.date ?? 0);
  return { furthest, lost: (state.now - first.now - played) / 1000, ...state };
}

/** Lets picture and sound grow in Flows of their own, as an encoder does. */
async function broadcast(serverUrl: string): Promise<{
  url: string;
  collectionId: string;
  encoder: LiveEncoder;
  encoding: Promise<void>;
  stop: AbortController;
}> {
  const store = new PlayableStore(serverUrl);
  const seconds = PAST_SECONDS + WATCHED_SECONDS + 60;
  const picture = await cutMedia({ seconds, form: 'ts', rate: '25' });
  const sound = await cutMedia({ seconds, form: 'ts', tone: 440 });
  const flows = [
    { flowId: await store.flow(picture, { ...videoDocument(), status: 'ingesting' }), media: picture },
    { flowId: await store.flow(sound, { ...audioDocument(), status: 'ingesting' }), media: sound },
  ];
  const sourceId = randomUUID();
  const collectionId = await store.collection(
    flows.map(({ flowId }) => flowId),
    { source_id: sourceId },
  );
  const stop = new AbortController();
  const encoder = await LiveEncoder.start(store, flows, PAST_SECONDS);
  const encoding = encoder.run(stop.signal);
  await eventually(
    () => encoder.edge,
    (edge) => edge >= Date.now() - 2 * PIECE_SECONDS * 1000,
    { what: 'the encoder is near the present', every: 100, atMost: 60_000 },
  );
  return { url: `${serverUrl}/sources/${sourceId}/output.m3u8`, collectionId, encoder, encoding, stop };
}
