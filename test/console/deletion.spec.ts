import type { BrowserContext } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { seconds, TestWorld } from '../support/test-world';
import { openPage, seriousViolations, takePicture } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(120_000);

describeWithChromium('deleting a Flow that takes long', () => {
  let tams: TestWorld;
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    tams = await TestWorld.start();
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(async () => {
    await closeBrowser();
    await tams.stop();
  });

  it('says first what goes and what others keep, and follows it to its end', async () => {
    const [flowId, other] = [await tams.flow({ label: 'Too long' }), await tams.flow({ label: 'Another' })];
    // More than the server deletes at once.
    const [first] = await tams.fill(flowId, seconds(1200));
    await tams.register(other, { object_id: first!.object_id, timerange: '[0:0_1:0)' });
    await tams.database.query(
      `INSERT INTO object_instances (object_id, storage_id, size_bytes)
       SELECT object_id, gen_random_uuid(), 1000 FROM segments WHERE flow_id = $1`,
      [flowId],
    );
    // The Flow is gone in the end, and the page behind the dialog says so.
    const { page, complaints } = await openPage(browser, `${tams.url}/console/flows/${flowId}`, { expected: /404/ });
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(flowId).waitFor();
    await dialog.getByText(/^1\s200 Segments: deleted/).waitFor();
    await dialog.getByText(/^1\s199 objects that nothing else uses, 1\.2 MB: removed/).waitFor();
    await dialog.getByText('1 object that others use too, 1.0 kB: kept.').waitFor();
    await takePicture(page, 'delete-preview');
    expect(await seriousViolations(page)).toEqual([]);
    // Somebody lets go of the shared object meanwhile: the dialog does not ask about what was.
    await tams.client.delete(`/flows/${other}`);
    await tams.register(flowId, { object_id: first!.object_id, timerange: '[5000:0_5001:0)', ts_offset: '5000:0' });
    await dialog.getByText(/^1\s201 Segments: deleted/).waitFor();
    await dialog.getByText(/^1\s200 objects that nothing else uses/).waitFor();
    await dialog.getByRole('textbox').fill('Too long');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('Deleted.').waitFor();
    await takePicture(page, 'deleted');
    await dialog.getByRole('button', { name: 'To the library' }).click();
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    expect((await tams.client.get(`/flows/${flowId}`)).status).toBe(404);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
