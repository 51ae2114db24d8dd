import { Group, SegmentedControl, SimpleGrid, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, body } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { Chart } from './chart';

/** What is drawn together: figures and how each line is called. */
const charts: readonly (readonly [title: string, lines: Readonly<Record<string, string>>])[] = [
  ['Requests', { requests_2xx: '2xx', requests_3xx: '3xx', requests_4xx: '4xx', requests_5xx: '5xx' }],
  ['Latency of successes', { request_p50: 'p50', request_p95: 'p95', request_p99: 'p99' }],
  ['In flight', { requests_in_flight: 'requests', http_connections: 'connections' }],
  ['Statements', { statements: 'all', statement_errors: 'failed' }],
  ['Latency of statements', { statement_p95: 'p95' }],
  ['Connections to the metadata store', { database_connections_busy: 'busy', database_connections_waiting: 'waiting' }],
  ['Storage calls', { storage_calls: 'all', storage_errors: 'failed' }],
  ['Latency of storage', { storage_p95: 'p95' }],
  ['Media through this server', { media_in_bytes: 'in', media_out_bytes: 'out' }],
  ['Segments registered', { segments_ingested: 'segments' }],
  ['Events to webhooks', { deliveries_taken: 'taken', deliveries_failed: 'failed' }],
  ['Ingesting Flows', { flows_ingesting: 'ingesting', flows_stalled: 'stalled' }],
  ['Processor, in cores', { cpu: 'server', postgres_cpu: 'embedded PostgreSQL' }],
  ['Memory', { memory: 'server', postgres_memory: 'embedded PostgreSQL' }],
  ['Event loop held up', { event_loop_delay: 'longest' }],
];

/** Points a chart has room for at least: a server that has just started fills it from the right. */
const FEWEST_POINTS = 60;

type SeriesWindow = 'hour' | 'day';

/** Figures of the last hour, or day. */
export function Charts(): ReactElement {
  const [window, setWindow] = useState<SeriesWindow>('hour');
  const series = useQuery({
    queryKey: ['insight', 'series', window],
    queryFn: ({ signal }) => body(api.GET('/insight/series', { params: { query: { window } }, signal })),
    placeholderData: (previous) => previous,
  });
  const { data, error } = series;
  const width = Math.max(FEWEST_POINTS, ...(data?.series.map(({ points }) => points.length) ?? []));
  const found = new Map(data?.series.map((one) => [one.name, one]));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Figures
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={window}
          onChange={(chosen) => {
            setWindow(chosen);
          }}
          data={[
            { value: 'hour', label: 'Last hour' },
            { value: 'day', label: 'Last day' },
          ]}
        />
      </Group>
      {error && <ProblemAlert error={error} />}
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm">
        {charts.map(([title, lines]) => (
          <Chart
            key={title}
            title={title}
            names={Object.values(lines)}
            series={Object.keys(lines).flatMap((name) => found.get(name) ?? [])}
            most={width}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}
