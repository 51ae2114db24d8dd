import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const MODULES = join(__dirname, '../../../node_modules');
const files: Readonly<Record<string, { readonly path: string; readonly type: string }>> = {
  '/': { path: join(__dirname, 'player-page.html'), type: 'text/html' },
  '/hls.js': { path: join(MODULES, 'hls.js/dist/hls.min.js'), type: 'text/javascript' },
  '/shaka.js': { path: join(MODULES, 'shaka-player/dist/shaka-player.compiled.js'), type: 'text/javascript' },
};
/** How long a player may take to get somewhere, in milliseconds. */
const PATIENCE_MS = 40_000;

/** Players as their authors publish them. */
export const players = ['hls.js', 'shaka'] as const;
export type Player = (typeof players)[number];

/** What a page says of its player. Times in seconds. */
export interface PlayerState {
  readonly time: number;
  readonly duration: number;
  readonly ended: boolean;
  readonly failures: readonly string[];
  /** How much is missing between what the player has, up to where it is: what it had to jump over. */
  readonly missing: number;
  readonly width: number;
  /** Decoded pictures, and bytes of decoded sound. */
  readonly pictures: number;
  readonly sound: number;
  /** The loudest frequency that is heard now, in hertz; 0 in silence. */
  readonly tone: number;
  readonly languages: readonly string[];
  /** The subtitle that is shown now. */
  readonly subtitle: string;
  /** The time of day that the picture belongs to, in milliseconds since the epoch. */
  readonly date: number | null;
  /** The clock of the page at this moment, in milliseconds since the epoch. */
  readonly now: number;
}

/** A web page of another origin, with players in it. */
export class PlayerSite {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<PlayerSite> {
    const server = createServer((request, response) => {
      const file = files[request.url ?? ''];
      if (!file) {
        response.writeHead(404).end();
        return;
      }
      void readFile(file.path).then((text) => response.setHeader('content-type', file.type).end(text));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PlayerSite(server);
  }

  /** Opens a URL in a player. */
  async open(page: Page, player: Player, url: string): Promise<void> {
    await page.goto(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
    await page.evaluate(`play(${JSON.stringify(player)}, ${JSON.stringify(url)})`);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** What a page says now. */
export function stateOf(page: Page): Promise<PlayerState> {
  return page.evaluate('state()');
}

/**
 * Waits until a player has got somewhere.
 * @param condition JavaScript on the fields of {@link PlayerState}
 * @throws {Error} with what the player says instead, also as soon as it fails
 */
export async function until(page: Page, condition: string): Promise<PlayerState> {
  const script = `(({ time, ended, pictures, sound, tone, subtitle, failures }) => failures.length > 0 || (${condition}))(state())`;
  try {
    await page.waitForFunction(script, undefined, { timeout: PATIENCE_MS, polling: 50 });
  } catch {
    throw new Error(`The player never came to ${condition}: ${JSON.stringify(await stateOf(page))}`);
  }
  const state = await stateOf(page);
  if (state.failures.length > 0) throw new Error(`The player failed: ${JSON.stringify(state)}`);
  return state;
}

/** Jumps. @param seconds on the player's own timeline */
export function seek(page: Page, seconds: number): Promise<void> {
  return page.evaluate(`void (video.currentTime = ${seconds})`);
}

/** Shows the first subtitles there are. */
export function showSubtitles(page: Page): Promise<void> {
  return page.evaluate('player.showSubtitles()');
}

/** Chooses a language. */
export function speak(page: Page, language: string): Promise<void> {
  return page.evaluate(`speak(${JSON.stringify(language)})`);
}
