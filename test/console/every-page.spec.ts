import type { BrowserContext } from 'playwright-core';
import { AuthServer, type Caller, type Method } from '../auth/support/auth-server';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openPage, takePicture, untilLoaded } from './browsing';
import { buildConsole } from './build-console';

jest.setTimeout(240_000);

const flow = videoFlow({ label: 'Camera 1' });
const pages = [
  ['library', ''],
  ['flow', `flows/${flow.id}`],
  ['source', `sources/${flow.source_id}`],
  ['ingest', 'ingest'],
  ['live', 'live'],
  ['webhooks', 'webhooks'],
  ['storage', 'storage'],
  ['operations', 'operations'],
  ['access', 'access'],
  ['service', 'service'],
] as const;
type Look = readonly [scheme: 'dark' | 'light', width: number];
const looks: readonly Look[] = [
  ['dark', 1440],
  ['light', 390],
];

/** Whoever it is, no page asks for what they may not have, and nothing in it fails. */
describeWithChromium('every page of the console', () => {
  let browser: BrowserContext;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    buildConsole();
    ({ browser, close: closeBrowser } = await launchChromium());
  }, 240_000);
  afterAll(() => closeBrowser());

  /** Opens all pages in one look; the credential lies where a tab keeps it. */
  async function visitAll(url: string, who: string, look: Look, authorization?: string): Promise<void> {
    const [scheme, width] = look;
    const { page, complaints } = await openPage(browser, `${url}/livez`, { scheme, width });
    if (authorization !== undefined) {
      const kept = JSON.stringify({ kind: authorization.startsWith('Basic') ? 'basic' : 'bearer', authorization });
      await page.evaluate(`sessionStorage.setItem('tams-credential', ${JSON.stringify(kept)})`);
    }
    for (const [name, path] of pages) {
      await page.goto(`${url}/console/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await untilLoaded(page);
      await takePicture(page, `${who}-${name}-${scheme}-${width}`);
      expect([
        name,
        Math.max(0, Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))),
      ]).toEqual([name, 0]);
      expect([name, complaints]).toEqual([name, []]);
    }
    await page.close();
  }

  describe('of a server that asks nobody who they are', () => {
    let tams: TestServer;
    beforeAll(async () => {
      tams = await startTestServer();
      await tams.client.put(`/flows/${flow.id}`, flow);
    }, 240_000);
    afterAll(() => tams.stop());

    it.each(looks)('opens without a complaint, in %s at %d pixels', (...look) => visitAll(tams.url, 'anybody', look));
  });

  describe('of a server that asks', () => {
    let server: AuthServer;
    beforeAll(async () => {
      server = await AuthServer.start();
      await server.as('write', 'PUT', `/flows/${flow.id}`, flow, 'basic');
    }, 240_000);
    afterAll(() => server.stop());

    it.each(
      (
        [
          ['basic', 'admin'],
          ['bearer', 'admin'],
          ['bearer', 'read'],
        ] as const
      ).flatMap(([method, caller]) => looks.map((look) => [method, caller, ...look] as const)),
    )('opens without a complaint by %s for %s, in %s at %d pixels', async (method: Method, caller: Caller, ...look) => {
      const { headers } = await server.credentials(method, caller);
      await visitAll(server.url, `${method}-${caller}`, look, headers['authorization']);
    });
  });
});
