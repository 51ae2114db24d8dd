import { spawnSync } from 'node:child_process';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

/** Gauges that keep the names which the dashboards of the system this one replaces know, although `_total` is for counters. */
const keptOnPurpose = ['tams_flows_total', 'tams_segments_total', 'tams_sources_total', 'tams_storage_bytes_total'];

const installed = spawnSync('promtool', ['--version']).error === undefined;
if (!installed)
  console.warn(
    'promtool is not installed (Debian: apt install prometheus): test/telemetry/promtool.spec.ts is skipped.',
  );
const withPromtool = installed ? test : test.skip;

withPromtool('promtool complains of nothing but the names that are kept on purpose', async () => {
  const tams = await startTestServer();
  let text = '';
  try {
    await store(tams);
    // Gauges of the store are there after their next refresh.
    text = await eventually(
      async () => (await fetch(`${tams.url}/metrics`)).text(),
      (scrape) => /\ntams_storage_bytes_total\{/.test(scrape),
      { what: 'the gauges of the store', every: 50 },
    );
  } finally {
    await tams.stop();
  }
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  const complaints = `${stdout}${stderr}`.split('\n').filter(Boolean);
  // Node's own names are prom-client's business.
  const ours = complaints.filter((line) => !/^(nodejs|process)_/.test(line));
  expect(ours.sort()).toEqual(
    keptOnPurpose.map((name) => `${name} non-counter metrics should not have "_total" suffix`),
  );
});

/** One media object of some bytes, so that there is storage to count. */
async function store({ client }: TestServer): Promise<void> {
  const flow = videoFlow();
  await client.put(`/flows/${flow.id}`, flow);
  const allocated = await client.post<{
    media_objects: { object_id: string; put_url: { url: string; 'content-type': string } }[];
  }>(`/flows/${flow.id}/storage`, { limit: 1 });
  const [object] = allocated.body.media_objects;
  await fetch(object!.put_url.url, {
    method: 'PUT',
    headers: { 'content-type': object!.put_url['content-type'] },
    body: 'media',
  });
  await client.post(`/flows/${flow.id}/segments`, { object_id: object!.object_id, timerange: '[0:0_1:0)' });
}
