import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';

/** Where pictures of the pages land, for people to look at; git ignores it. */
const PICTURES = join(__dirname, '../../data/console-pictures');
/** How long a video may take to get somewhere, in milliseconds: shorter than a test may, so that the wait is named. */
const VIDEO_PATIENCE_MS = 45_000;

/** A page of the console that remembers what the browser complained of. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, refusals of the policy, requests that failed although they should not. */
  readonly complaints: string[];
}

/** Opens a page. @param expected what may be complained of, because the test provokes it */
export async function openPage(
  browser: BrowserContext,
  address: string,
  options: { readonly scheme?: 'dark' | 'light'; readonly width?: number; readonly expected?: RegExp } = {},
): Promise<WatchedPage> {
  const { scheme = 'dark', width = 1440, expected } = options;
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (!expected?.test(text)) complaints.push(text);
  };
  const { origin } = new URL(address);
  page.on('console', (message) => {
    // The pages of an identity provider have troubles of their own.
    const { url } = message.location();
    if (message.type() === 'error' && (url === '' || url.startsWith(origin))) complain(message.text());
  });
  page.on('pageerror', (error) => {
    complain(String(error));
  });
  await page.goto(address);
  return { page, complaints };
}

/** Waits until nothing on a page is loading. Its stream of events stays open, so that its network is never idle. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.locator('[aria-label^="Loading"]').first().waitFor({ state: 'detached' });
}

/**
 * Waits until something is true of the page's player.
 * @throws {Error} with the condition, when it does not come true: a script in a page has no time limit of its own
 */
export async function untilVideo(page: Page, condition: string): Promise<void> {
  await page.locator('video').waitFor();
  const holds = page.evaluate(`new Promise((resolve) => {
    const video = document.querySelector('video');
    const look = () => { if (${condition}) resolve(); };
    for (const name of ['loadeddata', 'timeupdate', 'seeked', 'playing']) video.addEventListener(name, look);
    look();
  })`);
  const done = new AbortController();
  const tooLate = delay(VIDEO_PATIENCE_MS, undefined, { signal: done.signal }).then(() => {
    throw new Error(`The video never came to ${condition}.`);
  });
  try {
    await Promise.race([holds, tooLate]);
  } finally {
    done.abort();
  }
}

/** Takes a picture for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds serious or critical on a page, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  // Through the debugging protocol: the page's policy admits no script of ours.
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>('axe.run(document).then((found) => found.violations)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
}
