import { Card, ScrollArea, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { writeCount } from '../parts/write-bytes';
import classes from './operations.module.css';
import { writeValue } from './write-value';

/** Most lines of the table. */
const MOST = 12;

/** Routes of the last hour: what fails most, then what is slowest. */
export function Routes(): ReactElement {
  const routes = useQuery({
    queryKey: ['insight', 'routes'],
    queryFn: ({ signal }) => body(api.GET('/insight/routes', { signal })),
  });
  const { data, error } = routes;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Routes of the last hour
      </Title>
      {error && <ProblemAlert error={error} />}
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody asked for anything.
        </Text>
      )}
      {data && data.items.length > 0 && (
        <ScrollArea.Autosize
          mah={420}
          offsetScrollbars
          scrollbars="y"
          type="auto"
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Routes of the last hour' }}
        >
          <Table verticalSpacing={4} fz="sm" horizontalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Route</Table.Th>
                <Table.Th ta="right">Requests</Table.Th>
                <Table.Th ta="right">Refused</Table.Th>
                <Table.Th ta="right">Failed</Table.Th>
                <Table.Th ta="right">p50</Table.Th>
                <Table.Th ta="right">p95</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.slice(0, MOST).map(({ method, route, requests, rejected, errors, p50, p95 }) => (
                <Table.Tr key={`${method} ${route}`}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {method} {route}
                  </Table.Td>
                  <Table.Td ta="right" className={classes['figure'] ?? ''}>
                    {writeCount(requests)}
                  </Table.Td>
                  <Table.Td ta="right" className={classes['figure'] ?? ''}>
                    {writeCount(rejected)}
                  </Table.Td>
                  <Table.Td ta="right" className={classes['figure'] ?? ''}>
                    {errors > 0 ? <strong>{writeCount(errors)}</strong> : 0}
                  </Table.Td>
                  <Table.Td ta="right" className={classes['figure'] ?? ''}>
                    {writeValue(p50, 's')}
                  </Table.Td>
                  <Table.Td ta="right" className={classes['figure'] ?? ''}>
                    {writeValue(p95, 's')}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </Card>
  );
}
