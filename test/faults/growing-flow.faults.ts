import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { describeWithFfmpeg } from '../media/media-maker';
import { cutMedia, PIECE_SECONDS } from '../playback/support/cut-media';
import { LiveEncoder } from '../playback/support/live-encoder';
import { audioDocument, PlayableStore, videoDocument } from '../playback/support/playable-store';
import { players, PlayerSite, stateOf, until } from '../playback/support/player-site';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { createTestDatabase } from '../support/test-database';
import { BreakableServer } from './support/breakable-server';

const WATCHED_SECONDS = 180;
const RESTART_AFTER_SECONDS = 90;
const PAST_SECONDS = 20;
const LOOK_EVERY_MS = 250;
/** How long a player may stand still in all that time, the rounding of its clock included. */
const MOST_LOST_SECONDS = 0.5;
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

    it('is played near its end for three minutes, in sound and vision', async () => {
      const { url, encoder, encoding, stop } = await broadcast(server.url);
      const whole = Promise.all(
        players.map(async (player) => {
          const page = await browser.newPage();
          const asked = Date.now();
          await site.open(page, player, url);
          await until(page, 'time > 0 && pictures > 10 && tone > 0');
          const startSeconds = (Date.now() - asked) / 1000;
          return { player, startSeconds, ...(await watch(page, encoder)) };
        }),
      );
      await delay(RESTART_AFTER_SECONDS * 1000);
      const before = Date.now();
      await server.kill();
      await server.restart();
      const awaySeconds = (Date.now() - before) / 1000;
      const watched = await whole;
      stop.abort();
      await encoding;
      for (const { player, startSeconds, beforeRestart, atTheEnd, failures } of watched) {
        expect([player, failures]).toEqual([player, []]);
        expect(beforeRestart.lost).toBeLessThan(MOST_LOST_SECONDS);
        expect(atTheEnd.lost).toBeLessThan(MOST_LOST_SECONDS);
        expect(beforeRestart.furthest).toBeLessThan(MOST_BEHIND_SECONDS + startSeconds);
        // What they waited for the server they need not catch up with: they play at the speed of life.
        expect(atTheEnd.furthest).toBeLessThan(MOST_BEHIND_SECONDS + startSeconds + awaySeconds);
        expect(atTheEnd.tone).toBeGreaterThan(0);
        expect(atTheEnd.pictures).toBeGreaterThan((WATCHED_SECONDS - awaySeconds - MOST_BEHIND_SECONDS) * 25);
      }
      console.log(
        watched
          .map(
            ({ player, beforeRestart, atTheEnd }) =>
              `${player}: ${beforeRestart.furthest} s behind, ${atTheEnd.furthest} s after ${awaySeconds} s without a server`,
          )
          .join('\n'),
      );
    });
  });
});

/** What a player shows over some time. */
interface Watched {
  /** Largest distance to the end of the Flow, in seconds. */
  readonly furthest: number;
  /** How much less it played than time went by, in seconds. */
  readonly lost: number;
  readonly tone: number;
  readonly pictures: number;
}

/** Looks at a player until the time is up. */
async function watch(
  page: Page,
  encoder: LiveEncoder,
): Promise<{ beforeRestart: Watched; atTheEnd: Watched; failures: readonly string[] }> {
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  const look = async (end: number): Promise<Watched> => {
    const first = await stateOf(page);
    const begin = seconds();
    let [furthest, state] = [0, first];
    while (seconds() < end) {
      await delay(LOOK_EVERY_MS);
      state = await stateOf(page);
      furthest = Math.max(furthest, (encoder.edge - (state.date ?? 0)) / 1000);
    }
    const played = ((state.date ?? 0) - (first.date ?? 0)) / 1000;
    return { furthest, lost: seconds() - begin - played, ...state };
  };
  const beforeRestart = await look(RESTART_AFTER_SECONDS - 5);
  await look(WATCHED_SECONDS - 30);
  const atTheEnd = await look(WATCHED_SECONDS);
  return { beforeRestart, atTheEnd, failures: (await stateOf(page)).failures };
}

/** Lets picture and sound grow in Flows of their own, as an encoder does. */
async function broadcast(
  serverUrl: string,
): Promise<{ url: string; encoder: LiveEncoder; encoding: Promise<void>; stop: AbortController }> {
  const store = new PlayableStore(serverUrl);
  const seconds = PAST_SECONDS + WATCHED_SECONDS + 60;
  const picture = await cutMedia({ seconds, form: 'ts', rate: '25' });
  const sound = await cutMedia({ seconds, form: 'ts', tone: 440 });
  const flows = [
    { flowId: await store.flow(picture, { ...videoDocument(), status: 'ingesting' }), media: picture },
    { flowId: await store.flow(sound, { ...audioDocument(), status: 'ingesting' }), media: sound },
  ];
  const sourceId = randomUUID();
  await store.collection(
    flows.map(({ flowId }) => flowId),
    { source_id: sourceId },
  );
  const stop = new AbortController();
  const encoder = await LiveEncoder.start(store, flows, PAST_SECONDS);
  const encoding = encoder.run(stop.signal);
  while (encoder.edge < Date.now() - 2 * PIECE_SECONDS * 1000) await delay(100);
  return { url: `${serverUrl}/sources/${sourceId}/output.m3u8`, encoder, encoding, stop };
}
