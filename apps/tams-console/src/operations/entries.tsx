import { Anchor, Badge, Card, Group, Loader, ScrollArea, Table, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';
import { api, body } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import type { Entry } from './models';
import classes from './operations.module.css';
import { writeMilliseconds } from './write-value';

/** Most lines of a list. */
const MOST = 50;

const lists = {
  failed: {
    label: 'Failed',
    none: 'Nothing failed.',
    read: (signal: AbortSignal) => body(api.GET('/insight/errors', { signal })),
  },
  refused: {
    label: 'Refused',
    none: 'Nothing was refused.',
    read: (signal: AbortSignal) =>
      body(api.GET('/insight/errors', { params: { query: { outcome: 'rejected' } }, signal })),
  },
  slow: {
    label: 'Slowest',
    none: 'Nothing was done within the last hour.',
    read: (signal: AbortSignal) => body(api.GET('/insight/traces', { signal })),
  },
} as const;
type ListName = keyof typeof lists;

/** What failed, was refused or was slow; each leads to all that is known of it. */
export function Entries(): ReactElement {
  const [list, setList] = useState<ListName>('failed');
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Requests, jobs and deliveries
      </Title>
      <Tabs
        value={list}
        keepMounted={false}
        onChange={(chosen) => {
          setList(chosen as ListName);
        }}
      >
        <Tabs.List>
          {Object.entries(lists).map(([name, { label }]) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(Object.keys(lists) as ListName[]).map((name) => (
          <Tabs.Panel key={name} value={name} pt="xs">
            <List name={name} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}

function List({ name }: { readonly name: ListName }): ReactElement {
  const { read, none, label } = lists[name];
  const found = useQuery({ queryKey: ['insight', 'entries', name], queryFn: ({ signal }) => read(signal) });
  const { data, error } = found;
  if (error) return <ProblemAlert error={error} retry={() => void found.refetch()} />;
  if (!data) return <Loader size="sm" aria-label="Loading" />;
  if (data.items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  return <EntryTable entries={data.items.slice(0, MOST)} label={label} />;
}

/** Work as a table. */
export function EntryTable({
  entries,
  label,
}: {
  readonly entries: readonly Entry[];
  readonly label: string;
}): ReactElement {
  return (
    <ScrollArea.Autosize
      mah={420}
      type="auto"
      offsetScrollbars
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
    >
      <Table verticalSpacing={4} fz="sm" miw={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Began</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th ta="right">Took</Table.Th>
            <Table.Th>How it ended</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry, index) => (
            <Table.Tr key={`${entry.correlation_id} ${entry.started} ${index}`}>
              <Table.Td className="mono">{writeTime(entry.started)}</Table.Td>
              <Table.Td>
                <Anchor component={Link} fz="sm" href={`/operations/${encodeURIComponent(entry.correlation_id)}`}>
                  {titleOf(entry)}
                </Anchor>
              </Table.Td>
              <Table.Td ta="right" className={`mono ${classes['figure'] ?? ''}`}>
                {writeMilliseconds(entry.duration_ms)}
              </Table.Td>
              <Table.Td>
                <Outcome entry={entry} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

const colours = { success: 'teal.9', rejected: 'gray.8', error: 'red.9', running: 'blue.9' } as const;

/** Status and problem, and what went wrong down to its cause. */
export function Outcome({ entry }: { readonly entry: Entry }): ReactElement {
  const { outcome, status, problem, failure } = entry;
  return (
    <Group gap={6} wrap="nowrap" align="baseline">
      <Badge color={colours[outcome]} tt="none" size="sm" className={classes['badge'] ?? ''}>
        {status ?? outcome}
      </Badge>
      <Text size="sm" className={classes['words'] ?? ''}>
        {failure ?? problem ?? ''}
      </Text>
    </Group>
  );
}

/** What was done, in few words. */
export function titleOf({ kind, name, facts }: Entry): string {
  return `${kind === 'request' ? String(facts['method']) : kind} ${name}`;
}

/** Time of day of a moment. */
export function writeTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}
