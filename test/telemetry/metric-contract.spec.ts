import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type LabelValues, metricContract, type MetricDeclaration } from '@tams/telemetry';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { changes, parseSamples, type Sample } from './scrape';

const declarations: readonly MetricDeclaration[] = Object.values(metricContract);

let tams: TestServer;
beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

async function scrape(): Promise<{ text: string; samples: Sample[] }> {
  const text = await (await fetch(`${tams.url}/metrics`)).text();
  return { text, samples: parseSamples(text) };
}

async function ingest(): Promise<void> {
  const flow = videoFlow({ status: 'ingesting' });
  const path = `/flows/${flow.id}`;
  expect((await tams.client.put(path, flow)).status).toBe(201);
  expect((await tams.client.put(path, { ...flow, label: 'second' })).status).toBe(204);
  expect((await tams.client.get(path)).status).toBe(200);
  expect((await tams.client.get('/flows')).status).toBe(200);
  expect((await tams.client.put(`${path}/label`, 'third')).status).toBe(204);
  expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(200);
  expect((await tams.client.get('/sources')).status).toBe(200);
  expect((await tams.client.put(`/sources/${flow.source_id}/label`, 'source')).status).toBe(204);
  const allocated = await tams.client.post<{
    media_objects: { object_id: string; put_url: { url: string; 'content-type': string } }[];
  }>(`${path}/storage`, { limit: 2 });
  expect(allocated.status).toBe(201);
  const objects = allocated.body.media_objects;
  for (const { put_url } of objects) {
    const headers = { 'content-type': put_url['content-type'] };
    expect((await fetch(put_url.url, { method: 'PUT', headers, body: 'media' })).ok).toBe(true);
  }
  const segments = objects.map(({ object_id }, index) => ({
    object_id,
    timerange: `[${index}:0_${index + 1}:500000000)`.replace('[0:0_1:500000000)', '[0:0_1:0)'),
  }));
  expect((await tams.client.post(`${path}/segments`, segments)).status).toBe(201);
  expect((await tams.client.post(`${path}/segments`, segments[0])).status).toBe(400);
  expect((await tams.client.get(`${path}/segments`)).status).toBe(200);
  expect((await tams.client.get('/flows/6e2b1c0e-6b3c-4d6a-9f6a-111111111111')).status).toBe(404);
  await fetch(`${tams.url}/health`);
}

test('a live scrape shows the contract: every metric fed, nothing undeclared, labels as allowed, counts exact', async () => {
  const before = await scrape();
  await ingest();
  // Gauges of the store are refreshed in the background, and scheduled jobs run there.
  let after = await scrape();
  const shows = (name: string, value?: number) =>
    after.samples.some((sample) => sample.name === name && (value === undefined || sample.value === value));
  while (
    !shows('tams_segments_total', 2) ||
    !shows('tams_job_duration_seconds_count') ||
    !shows('tams_reconciliation_incomplete')
  ) {
    after = await scrape();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  const declared = new Map(declarations.map((declaration) => [declaration.name, declaration]));
  for (const { name, type, help } of declarations) {
    expect(after.text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    const fed = after.samples.some((sample) => familyOf(sample.name, declared) === name);
    expect({ name, fed }).toEqual({ name, fed: true });
  }
  for (const sample of after.samples.filter(({ name }) => name.startsWith('tams_'))) {
    const declaration = declared.get(familyOf(sample.name, declared));
    expect({ sample, declared: declaration !== undefined }).toEqual({ sample, declared: true });
    for (const [label, allowed] of Object.entries(declaration!.labels)) {
      expect({ sample, allowed: isAllowed(sample.labels[label], allowed) }).toEqual({ sample, allowed: true });
    }
    const names = Object.keys(sample.labels).filter((label) => label !== 'le');
    expect(names.sort()).toEqual(Object.keys(declaration!.labels).sort());
  }

  const changed = (name: string) =>
    Object.fromEntries(
      changes(before.samples, after.samples, name).map(({ labels, value }) => [Object.values(labels).join(' '), value]),
    );
  expect(changed('tams_flow_operations_total')).toEqual({
    'create video success': 1,
    'update video success': 1,
    'read video success': 1,
    'read unknown rejected': 1,
    'list unknown success': 1,
    'change unknown success': 1,
    'allocate unknown success': 1,
  });
  expect(changed('tams_source_operations_total')).toEqual({
    'create video success': 1,
    'read video success': 1,
    'list unknown success': 1,
    'change unknown success': 1,
  });
  expect(changed('tams_segment_operations_total')).toEqual({
    'register success': 1,
    'register rejected': 1,
    'list success': 1,
  });
  expect(changed('tams_objects_total')).toEqual({ allocated: 2, uploaded: 2, registered: 2 });
  expect(changed('tams_segments_ingested_total')).toEqual({ video: 2 });
  expect(changed('tams_media_seconds_ingested_total')).toEqual({ video: 2.5 });
  expect(Object.values(changed('tams_presigned_urls_total'))).toEqual([2, 2]);
});

test('docs/telemetry.md names every metric and label', () => {
  const document = readFileSync(resolve(__dirname, '../../docs/telemetry.md'), 'utf8');
  for (const { name, type, unit, labels } of declarations) {
    const row = document.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect({ name, row: row ?? 'missing' }).not.toEqual({ name, row: 'missing' });
    const cells = row!.split('|').map((cell) => cell.trim());
    expect(cells.slice(2, 4)).toEqual([type, unit]);
    for (const [label, allowed] of Object.entries(labels)) {
      const words = Array.isArray(allowed) ? (allowed as readonly string[]).join(', ') : '';
      expect(cells[4]).toContain(words ? `\`${label}\`: ${words}` : `\`${label}\`: `);
    }
  }
});

/** Name of the metric a sample belongs to: a histogram's samples have suffixes. */
function familyOf(name: string, declared: ReadonlyMap<string, MetricDeclaration>): string {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return declared.get(family)?.type === 'histogram' ? family : name;
}

function isAllowed(value: string | undefined, allowed: LabelValues): boolean {
  if (value === undefined) return false;
  return Array.isArray(allowed) ? (allowed as readonly string[]).includes(value) : value !== '';
}
