import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describeWithChromium, launchChromium } from '../support/chromium';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openTestStorage, type TestStorage } from '../support/test-storage';

// A browser starts, perhaps on a machine that is busy with much else.
jest.setTimeout(120_000);

const LENGTH = 300_000;

/** What the page uses of the browser's own. */
declare class XMLHttpRequest {
  readonly status: number;
  readonly upload: { onprogress: (event: { readonly loaded: number }) => void };
  onload: () => void;
  onerror: () => void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Uint8Array): void;
}

interface Allocation {
  readonly media_objects: readonly {
    readonly object_id: string;
    readonly put_url: { readonly url: string; readonly 'content-type': string };
  }[];
}

describeWithChromium('an editor in a browser, on a page of another origin', () => {
  let storage: TestStorage;
  let tams: TestServer;
  let site: Server;
  let page: Page;
  let closeBrowser: () => Promise<void>;

  beforeAll(async () => {
    storage = await openTestStorage();
    tams = await startTestServer(storage.environment);
    site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>Editor</p>'));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { browser, close } = await launchChromium();
    closeBrowser = close;
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await closeBrowser();
    site.close();
    await tams.stop();
    await storage.remove();
  });

  it('asks for storage, uploads, registers, and reads a range by the Segment’s URL', async () => {
    const flow = videoFlow();
    const seen = await page.evaluate(
      async ({ api, flow, length }) => {
        const json = { 'content-type': 'application/json' };
        const send = (method: string, path: string, body: unknown): Promise<Response> =>
          fetch(`${api}${path}`, { method, headers: json, body: JSON.stringify(body) });
        await send('PUT', `/flows/${flow.id}`, flow);
        const allocation = (await (await send('POST', `/flows/${flow.id}/storage`, { limit: 1 })).json()) as Allocation;
        const { object_id: objectId, put_url: put } = allocation.media_objects[0]!;
        const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
        // As editors upload: with progress, which needs a preflight in any case.
        const uploaded = await new Promise<{ status: number; progress: number }>((resolve, reject) => {
          const request = new XMLHttpRequest();
          let progress = 0;
          request.upload.onprogress = (event) => (progress = event.loaded);
          request.onload = () => {
            resolve({ status: request.status, progress });
          };
          request.onerror = () => {
            reject(new Error('the browser refused the upload'));
          };
          request.open('PUT', put.url);
          request.setRequestHeader('content-type', put['content-type']);
          request.send(bytes);
        });
        const segment = { object_id: objectId, timerange: '[0:0_1:0)' };
        const registered = (await send('POST', `/flows/${flow.id}/segments`, segment)).status;
        const listed = await (await fetch(`${api}/flows/${flow.id}/segments`)).json();
        const parts = [];
        for (const { url } of (listed as { get_urls: { url: string }[] }[])[0]!.get_urls) {
          const part = await fetch(url, { headers: { range: 'bytes=1000-1004' } });
          parts.push({
            status: part.status,
            range: part.headers.get('content-range'),
            length: part.headers.get('content-length'),
            bytes: [...new Uint8Array(await part.arrayBuffer())],
          });
        }
        return { uploaded, registered, parts };
      },
      { api: tams.url, flow, length: LENGTH },
    );
    expect(seen.uploaded).toEqual({ status: 200, progress: LENGTH });
    expect(seen.registered).toBe(201);
    expect(seen.parts.length).toBeGreaterThan(0);
    const bytes = [1000, 1001, 1002, 1003, 1004].map((index) => index % 251);
    for (const part of seen.parts) {
      expect(part).toEqual({ status: 206, range: `bytes 1000-1004/${LENGTH}`, length: '5', bytes });
    }
  });

  it('cannot upload with another type than the URL was made for', async () => {
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const answer = await tams.client.post<Allocation>(`/flows/${flow.id}/storage`, { limit: 1 });
    const [object] = answer.body.media_objects;
    // Some stores leave CORS headers out of a refusal, whose status the page cannot read then.
    const status = await page.evaluate(async (url) => {
      const request = fetch(url, { method: 'PUT', headers: { 'content-type': 'text/html' }, body: 'x' });
      return request.then(
        (answer) => answer.status,
        () => 'unreadable',
      );
    }, object!.put_url.url);
    expect([403, 'unreadable']).toContain(status);
    expect(await storage.has(object!.object_id)).toBe(false);
  });
});
