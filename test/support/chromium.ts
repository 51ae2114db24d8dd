import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** `describe`, skipped with the reason in its name where there is no browser. */
export function describeWithChromium(name: string, tests: () => void): void {
  if (existsSync(executablePath)) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no Chromium at ${executablePath}; set CHROMIUM_PATH)`, tests);
}

/** Starts a headless browser with a fresh profile. @param options switches of Chromium beside those that tests need @returns it, and how to end it */
export async function launchChromium(
  options: readonly string[] = [],
): Promise<{ browser: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'tams-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ...options,
    ],
  });
  const close = async (): Promise<void> => {
    await browser.close();
    // What the browser left running may still write there for a moment.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { browser, close };
}
