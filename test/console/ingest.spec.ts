import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { decodedFrames } from '../media/media-maker';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, seriousViolations, takePicture, untilVideo } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

interface ListedFlow {
  readonly id: string;
  readonly label: string;
  readonly format: string;
  readonly status: string;
}

describeWithChromium('ingest in the console: a file dropped on the page', () => {
  let tams: TestServer;
  let directory: string;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    directory = await mkdtemp(join(tmpdir(), 'tams-console-ingest-'));
    await makeFilm(file('Evening news.mp4'));
    tams = await startTestServer();
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const file = (name: string): string => join(directory, name);
  const flowsLabelled = async (label: string): Promise<ListedFlow[]> => {
    const { body } = await tams.client.get<ListedFlow[]>('/flows?limit=100');
    return body.filter((flow) => flow.label.startsWith(label));
  };

  it('is cut in the page, stored, and plays', async () => {
    const { page, complaints } = await openPage(browser, tams.url);
    await page.getByText('The store is empty').waitFor();
    await dropOnPage(page, 'Evening news.mp4', await readFile(file('Evening news.mp4')));
    await page.getByText(/^Stored ·/).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await takePicture(page, 'ingest-done');
    await page.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Evening news', exact: true }).waitFor();
    await untilVideo(page, 'video.readyState >= 2');
    await page.keyboard.press('Space');
    await untilVideo(page, 'video.currentTime > 2.5');
    expect(await page.evaluate('document.querySelector("video").webkitAudioDecodedByteCount > 0')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();

    const flows = await flowsLabelled('Evening news');
    expect(flows.map(({ label }) => label).sort()).toEqual([
      'Evening news',
      'Evening news (audio)',
      'Evening news (video)',
    ]);
    expect(new Set(flows.map(({ status }) => status))).toEqual(new Set(['closed_complete']));
    const video = flows.find(({ format }) => format.endsWith('video'));
    const { body: own } = await tams.client.get<{ timerange: string }>(`/flows/${video!.id}?include_timerange=true`);
    expect(own.timerange).toBe('[0:0_10:0)');
    const played = await framesIn(`${tams.url}/flows/${video!.id}/output.m3u8`);
    expect(played).toEqual(await framesIn(file('Evening news.mp4')));
  });

  it('has a picture in the library, made from its media', async () => {
    const { page, complaints } = await openPage(browser, tams.url);
    for (const name of [/^Evening news (?!\()/, /^Evening news \(video\)/]) {
      const picture = page.getByRole('link', { name }).locator('img');
      await picture.waitFor();
      expect(await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(192);
    }
    await page.getByRole('link', { name: /^Evening news \(audio\)/ }).waitFor();
    expect(
      await page
        .getByRole('link', { name: /^Evening news \(audio\)/ })
        .locator('img')
        .count(),
    ).toBe(0);
    await takePicture(page, 'library-pictures');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('goes on where it was stopped, and stores nothing twice', async () => {
    await makeFilm(file('Interrupted.mp4'));
    const { page } = await openPage(browser, `${tams.url}/console/ingest`, { expected: /ERR_FAILED|aborted/i });
    let uploads = 0;
    const held = Promise.withResolvers<undefined>();
    await page.route('**/media/**', async (route) => {
      uploads += 1;
      // The fourth upload and those after it never arrive.
      if (uploads <= 3) await route.continue();
      else held.resolve(undefined);
    });
    await page.locator('input[type=file]').setInputFiles(file('Interrupted.mp4'));
    await page.getByRole('progressbar', { name: 'Ingest of Interrupted.mp4' }).waitFor();
    await held.promise;
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped; what was sent is stored').waitFor();
    await expectStatus('Interrupted', 'awaiting_content');
    await page.unroute('**/media/**');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText(/^Stored ·/).waitFor();
    await expectStatus('Interrupted', 'closed_complete');
    const flows = await flowsLabelled('Interrupted');
    expect(flows).toHaveLength(3);
    const video = flows.find(({ format }) => format.endsWith('video'));
    const { body: segments } = await tams.client.get<{ timerange: string }[]>(`/flows/${video!.id}/segments`);
    expect(segments.map(({ timerange }) => timerange)).toEqual(
      [0, 2, 4, 6, 8].map((start) => `[${start}:0_${start + 2}:0)`),
    );
    await page.close();
  });

  it('says what is wrong with a file that is cut short or no media, and makes no Flow', async () => {
    await copyFile(file('Evening news.mp4'), file('Cut short.mp4'));
    await truncate(file('Cut short.mp4'), 20_000);
    await writeFile(file('Notes.txt'), 'no media at all '.repeat(100));
    const { page, complaints } = await openPage(browser, `${tams.url}/console/ingest`);
    await page.locator('input[type=file]').setInputFiles([file('Cut short.mp4'), file('Notes.txt')]);
    await page.getByText(/Cut short\.mp4 .*cut short/).waitFor();
    await page.getByText(/Notes\.txt is not media that can be read here/).waitFor();
    await page.getByText(/Convert it: ffmpeg -i/).waitFor();
    await takePicture(page, 'ingest-refused');
    expect(await flowsLabelled('Cut short')).toEqual([]);
    expect(await flowsLabelled('Notes')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ['dark', 1440],
    ['light', 390],
  ] as const)('is for everybody, in %s at %d pixels', async (scheme, width) => {
    const { page, complaints } = await openPage(browser, `${tams.url}/console/ingest`, { scheme, width });
    await page.locator('input[type=file]').setInputFiles(file('Evening news.mp4'));
    await page.getByText(/^Stored ·/).waitFor();
    await takePicture(page, `ingest-${scheme}-${width}`);
    expect(await seriousViolations(page)).toEqual([]);
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  async function expectStatus(label: string, status: string): Promise<void> {
    expect(new Set((await flowsLabelled(label)).map((flow) => flow.status))).toEqual(new Set([status]));
  }
});

/** Ten seconds of picture and tone with a key frame every two seconds, as MP4. */
async function makeFilm(path: string): Promise<void> {
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error'],
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=10'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=10'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-keyint_min', '50', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '64k', path],
  ]);
}

/** Hashes of the decoded pictures of a file or a playlist. */
async function framesIn(input: string): Promise<string[]> {
  return (await decodedFrames(input, 'v:0')).map(({ md5 }) => md5);
}

/** Drops a file as a person does, from outside the browser. */
async function dropOnPage(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(content.toString('base64'))}), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], ${JSON.stringify(name)}, { type: 'video/mp4' }));
    return files;
  })()`);
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.getByText('Drop media here to ingest it').waitFor();
  await takePicture(page, 'ingest-drop');
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
