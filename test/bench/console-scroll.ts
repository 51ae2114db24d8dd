import { launchChromium } from '../support/chromium';

/** How smoothly the library scrolled. */
export interface ScrollRate {
  /** Rows that were read while it did. */
  readonly rows: number;
  readonly framesPerSecond: number;
  /** The longest time between two frames, in milliseconds. */
  readonly longestFrame: number;
}

const SECONDS = 10;
/** Pixels a frame: 40 rows a second at 60 frames. */
const STEP = 48;

/** Scrolls the console's library in headless Chromium, without a rest, and counts the frames. */
export async function scrollLibrary(origin: string): Promise<ScrollRate> {
  const { browser, close } = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${origin}/console/`);
    await page.getByRole('listitem').first().waitFor();
    return await page.evaluate<ScrollRate>(`new Promise((resolve) => {
      const begun = performance.now();
      let [frames, last, longest] = [0, begun, 0];
      const step = (now) => {
        frames += 1;
        longest = Math.max(longest, now - last);
        last = now;
        scrollBy(0, ${STEP});
        if (now - begun < ${SECONDS * 1000}) return requestAnimationFrame(step);
        resolve({
          rows: Number(/\\d+/.exec(document.querySelector('main [role=status]')?.textContent ?? '')?.[0] ?? 0),
          framesPerSecond: (frames * 1000) / (now - begun),
          longestFrame: longest,
        });
      };
      requestAnimationFrame(step);
    })`);
  } finally {
    await close();
  }
}
