import type { BrowserContext, Page } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, seriousViolations, takePicture, untilLoaded, untilVideo } from './browsing';
import { buildConsole } from './build-console';
import { type CutMedia, cutMedia, MediaStore } from './media-store';

jest.setTimeout(120_000);

describeWithChromium('the console, on a server that asks nobody who they are', () => {
  let tams: TestServer;
  let store: MediaStore;
  let picture: CutMedia;
  let tone: CutMedia;
  let film: { id: string; video: string; audio: string };
  let broken: { id: string };
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    [tams, picture, tone] = await Promise.all([startTestServer(), cutMedia('picture', 6), cutMedia('tone', 6)]);
    store = new MediaStore(tams.url);
    film = await store.film('Evening news', picture, tone);
    broken = videoFlow({
      label: 'With a hole',
      essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 320, frame_height: 180 },
    });
    await store.put(broken, picture, [0, 1, 4, 5]);
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
    await Promise.all([picture.remove(), tone.remove()]);
  });

  const position = (page: Page) => page.getByTestId('position');
  const flowAddress = (id: string, query = ''): string => `${tams.url}/console/flows/${id}${query}`;
  const loaded = (page: Page): Promise<void> => untilVideo(page, 'video.readyState >= 2');

  it('lists the library, and finds by part of a label', async () => {
    const { page, complaints } = await openPage(browser, tams.url);
    await page.getByRole('link', { name: /Evening news picture/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/');
    await page.getByText('missing').waitFor();
    await takePicture(page, 'library');
    await page.getByRole('searchbox').fill('hole');
    await page.getByText('1 Flow', { exact: true }).waitFor();
    expect(page.url()).toContain('search=hole');
    await page.getByRole('link', { name: /With a hole/ }).click();
    await page.getByRole('heading', { name: 'With a hole' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('plays picture and sound that are Flows of their own, on the clock of the Flow', async () => {
    const { page, complaints } = await openPage(browser, flowAddress(film.id, '?t=2:0'));
    await loaded(page);
    expect(await position(page).innerText()).toBe('0:00:02.000');
    await page.keyboard.press('Space');
    await untilVideo(page, 'video.currentTime > 4');
    await page.keyboard.press('k');
    expect(await page.evaluate('document.querySelector("video").webkitAudioDecodedByteCount > 0')).toBe(true);
    expect(await page.evaluate('document.querySelector("video").videoWidth')).toBe(320);
    await takePicture(page, 'flow');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('steps by frames, and tells timecode', async () => {
    const { page } = await openPage(browser, flowAddress(film.video, '?t=2:0'));
    await loaded(page);
    await page.getByRole('combobox', { name: 'Clock' }).click();
    await page.getByRole('option', { name: 'Timecode' }).click();
    await page.getByRole('slider').focus();
    await expectText(position(page), '00:00:02:00');
    await page.keyboard.press('ArrowRight');
    await expectText(position(page), '00:00:02:01');
    await page.keyboard.press('Shift+ArrowRight');
    await expectText(position(page), '00:00:02:11');
    await page.keyboard.press('ArrowLeft');
    await expectText(position(page), '00:00:02:10');
    await page.close();
  });

  it('plays on over a hole', async () => {
    const { page, complaints } = await openPage(browser, flowAddress(broken.id, '?t=3:0'));
    await loaded(page);
    await page.keyboard.press('Space');
    await untilVideo(page, 'video.currentTime > 8.2');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('saves what lies between the marks as a Flow of its own, without copying a byte, and leads there', async () => {
    const { page, complaints } = await openPage(browser, flowAddress(film.id, '?in=1:0&out=7:0'));
    await loaded(page);
    await page.getByRole('tab', { name: 'Cut' }).click();
    await page.getByRole('textbox', { name: 'Save as a Flow of its own' }).fill('Headlines');
    await page.getByRole('button', { name: 'Save cut' }).click();
    await takePicture(page, 'cut');
    await page.getByRole('link', { name: 'Open the cut' }).click();
    await page.getByRole('heading', { name: 'Headlines', exact: true }).waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const collection = (await store.send('GET', `/flows/${id}/flow_collection`)) as { id: string; role: string }[];
    expect(collection.map(({ role }) => role)).toEqual(['video', 'audio']);
    const cut = (await store.send('GET', `/flows/${collection[0]!.id}/segments`)) as { object_id: string }[];
    const original = (await store.send('GET', `/flows/${film.video}/segments?timerange=[1:0_7:0)`)) as typeof cut;
    expect(cut.map(({ object_id }) => object_id)).toEqual(original.map(({ object_id }) => object_id));
    expect(cut).toMatchObject([
      { timerange: '[0:0_1:0)', ts_offset: '-1:0' },
      { timerange: '[1:0_3:0)' },
      { timerange: '[3:0_5:0)' },
      { timerange: '[5:0_6:0)' },
    ]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('downloads what lies between the marks, in whole segments', async () => {
    const { page } = await openPage(browser, flowAddress(film.video, '?in=2:0&out=6:0'));
    await page.getByRole('tab', { name: 'Cut' }).click();
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Evening news picture' }).click();
    const download = await arriving;
    expect(download.suggestedFilename()).toBe('Evening news picture.ts');
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(Buffer.concat([picture.segments[1]!, picture.segments[2]!]))).toBe(true);
    await page.close();
  });

  it('shows what is known of a Segment', async () => {
    const { page, complaints } = await openPage(browser, flowAddress(film.video));
    await loaded(page);
    await page.getByRole('slider').click({ position: { x: 300, y: 30 } });
    await page.getByText('Where the bytes are').waitFor();
    await page.getByText('ready').first().waitFor();
    await page.getByText('URLs', { exact: true }).waitFor();
    await takePicture(page, 'segment');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('changes what people say of a Flow, unless somebody did meanwhile', async () => {
    const { page } = await openPage(browser, flowAddress(broken.id));
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Label' }).fill('Repaired');
    await page.getByRole('textbox', { name: 'Tags' }).fill('programme: News: at six');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Repaired' }).waitFor();
    expect(await store.send('GET', `/flows/${broken.id}`)).toMatchObject({
      label: 'Repaired',
      tags: { programme: 'News: at six' },
    });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Label' }).fill('Mine');
    await store.send('PUT', `/flows/${broken.id}/label`, 'Theirs');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody changed this Flow while you did').waitFor();
    expect(await store.send('GET', `/flows/${broken.id}/label`)).toBe('Theirs');
    await page.close();
  });

  it('deletes a Flow only after its name was typed', async () => {
    const flow = videoFlow({ label: 'Doomed' });
    await store.put(flow, picture, [0]);
    const { page, complaints } = await openPage(browser, flowAddress(flow.id), { expected: /404/ });
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 Segment: deleted.').waitFor();
    await takePicture(page, 'delete');
    const confirm = dialog.getByRole('button', { name: 'Delete' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('Doomed');
    await confirm.click();
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    expect((await fetch(`${tams.url}/flows/${flow.id}`)).status).toBe(404);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tells in the server’s words what went wrong, with the id that finds it in the log', async () => {
    const { page } = await openPage(browser, flowAddress('00000000-0000-4000-8000-000000000000'), { expected: /404/ });
    await page.getByRole('alert').getByText('(404)').waitFor();
    await page.getByRole('button', { name: /Correlation id/ }).waitFor();
    await page.close();
  });

  it.each([
    ['dark', 1440],
    ['light', 1440],
    ['dark', 390],
    ['light', 390],
  ] as const)('is for everybody, in %s at %d pixels: axe-core finds nothing serious', async (scheme, width) => {
    for (const [name, path] of [
      ['library', '/console/'],
      ['flow', `/console/flows/${film.id}`],
      ['service', '/console/service'],
    ] as const) {
      const { page, complaints } = await openPage(browser, tams.url + path, { scheme, width });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await untilLoaded(page);
      await takePicture(page, `${name}-${scheme}-${width}`);
      expect([name, await seriousViolations(page)]).toEqual([name, []]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([name, Math.max(0, Number(overflow))]).toEqual([name, 0]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});

/** Waits until an element has this text. */
async function expectText(locator: ReturnType<Page['getByTestId']>, text: string): Promise<void> {
  await locator
    .getByText(text, { exact: true })
    .or(locator.filter({ hasText: text }))
    .first()
    .waitFor();
}
