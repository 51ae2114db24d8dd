import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricContract } from '../../libs/telemetry/src/metrics/metric-contract';
import { parse } from 'yaml';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/observability.md'), 'utf8');

/** Metrics of the document that operators of the system before this one know. */
const known = [
  'tams_http_requests_total',
  'tams_http_request_duration_seconds',
  'tams_errors_total',
  'tams_sources_total',
  'tams_flows_total',
  'tams_segments_total',
  'tams_storage_bytes_total',
  'tams_flow_operations_total',
  'tams_segment_operations_total',
  'tams_source_operations_total',
  'tams_vast_query_duration_seconds',
  'tams_s3_operation_duration_seconds',
  'tams_memory_usage_bytes',
  'tams_active_connections',
];

it('every metric of the document exists, and the page says which', () => {
  const declared = Object.values(metricContract).map(({ name }) => name as string);
  expect(known.filter((name) => !declared.includes(name))).toEqual([]);
  expect(known.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('panels the page names are on the overview', () => {
  const overview = JSON.parse(readFileSync(join(root, 'deploy/grafana/dashboards/tams-overview.json'), 'utf8')) as {
    panels: { title: string }[];
  };
  const section = /## Architecture and dashboards\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
  const named = [...section.matchAll(/(?<![*\w])\*([^*\n]+)\*/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(6);
  const titles = overview.panels.map(({ title }) => title);
  expect(named.filter((title) => !titles.includes(title))).toEqual([]);
});

it('services, volumes and variables the page names are in the compose file', () => {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    name: string;
    services: Record<string, unknown>;
    volumes: Record<string, unknown>;
  };
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining(['api', 'prometheus', 'grafana', 'jaeger', 'alertmanager', 'node-exporter']),
  );
  for (const [, volume = ''] of page.matchAll(/`(tams_\w+_data)`/g))
    expect(Object.keys(compose.volumes)).toContain(volume.replace(`${compose.name}_`, ''));
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  for (const name of ['GRAFANA_ADMIN_USER', 'GRAFANA_ADMIN_PASSWORD', 'COMPOSE_PROFILES'])
    expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
});
