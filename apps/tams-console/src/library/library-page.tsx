import { Button, Group, Loader, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { FlowOverview } from '../api/models';
import { formats } from '../parts/format';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { FlowRow } from './flow-row';
import styles from './library.module.css';
import { type LibraryQuery, orders, useLibrary } from './use-library';

const activities = [
  { value: 'live', label: 'Live' },
  { value: 'stalled', label: 'Stalled' },
  { value: 'idle', label: 'Not growing' },
  { value: 'empty', label: 'Empty' },
];
const WIDE_ROW = 72;
const NARROW_ROW = 84;

/** Everything the store holds, newest first. */
export function LibraryPage(): ReactElement {
  const [parameters, setParameters] = useSearchParams();
  const query: LibraryQuery = {
    search: parameters.get('search') ?? '',
    format: parameters.get('format') ?? '',
    activity: parameters.get('activity') ?? '',
    sort: parameters.get('sort') ?? 'created',
  };
  const change = (name: keyof LibraryQuery, value: string): void => {
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  return (
    <Page title="Library">
      <Filters query={query} onChange={change} />
      <Results query={query} />
    </Page>
  );
}

interface FilterProperties {
  readonly query: LibraryQuery;
  readonly onChange: (name: keyof LibraryQuery, value: string) => void;
}

function Filters({ query, onChange }: FilterProperties): ReactElement {
  const [search, setSearch] = useState(query.search);
  const settle = useDebouncedCallback((value: string) => {
    onChange('search', value.trim());
  }, 250);
  return (
    <Group gap="sm">
      <TextInput
        aria-label="Search labels, descriptions, tags and ids"
        placeholder="Search labels, descriptions, tags, ids"
        leftSection={<IconSearch size={16} aria-hidden />}
        flex="1 1 240px"
        type="search"
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          settle(event.currentTarget.value);
        }}
      />
      <Select
        aria-label="Format"
        placeholder="Any format"
        data={formats}
        clearable
        w={140}
        value={query.format === '' ? null : query.format}
        onChange={(value) => {
          onChange('format', value ?? '');
        }}
      />
      <Select
        aria-label="Activity"
        placeholder="Growing or not"
        data={activities}
        clearable
        w={150}
        value={query.activity === '' ? null : query.activity}
        onChange={(value) => {
          onChange('activity', value ?? '');
        }}
      />
      <Select
        aria-label="Order"
        data={orders.map(({ value, label }) => ({ value, label }))}
        allowDeselect={false}
        w={170}
        value={query.sort}
        onChange={(value) => {
          onChange('sort', value ?? 'created');
        }}
      />
    </Group>
  );
}

function Results({ query }: { readonly query: LibraryQuery }): ReactElement {
  const { data, error, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, refetch } = useLibrary(query);
  const flows = data?.pages.flatMap(({ items }) => items) ?? [];
  if (error && flows.length === 0) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (isPending) return <Loader aria-label="Loading the library" />;
  if (flows.length === 0) return <Nothing query={query} />;
  return (
    <Stack gap="xs">
      {error && <ProblemAlert error={error} retry={() => void refetch()} />}
      <FlowList
        flows={flows}
        onEnd={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
        }}
      />
      <Group justify="space-between">
        <Text size="xs" c="dimmed" role="status">
          {hasNextPage ? `The first ${flows.length} Flows` : `${flows.length} Flow${flows.length === 1 ? '' : 's'}`}
        </Text>
        {hasNextPage && (
          <Button variant="subtle" size="compact-sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            More
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface FlowListProperties {
  readonly flows: readonly FlowOverview[];
  readonly onEnd: () => void;
}

/** Only the rows in sight exist in the page, however many there are. */
function FlowList({ flows, onEnd }: FlowListProperties): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery('(max-width: 62em)');
  const rows = useWindowVirtualizer({
    count: flows.length,
    estimateSize: () => (narrow ? NARROW_ROW : WIDE_ROW),
    overscan: 8,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => flows[index]?.id ?? index,
  });
  useEffect(() => {
    rows.measure();
  }, [rows, narrow]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= flows.length - 10) onEnd();
  }, [last, flows.length, onEnd]);
  return (
    <div className={styles['list']} ref={list}>
      <div className={styles['head']} aria-hidden>
        <span />
        <span>Flow</span>
        <span>Kind</span>
        <span>Length</span>
        <span>Size</span>
        <span>Holes</span>
        <span className={styles['age']}>Last media</span>
      </div>
      <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {shown.map(({ key, index, start }) => {
          const flow = flows[index];
          return (
            <div
              key={key}
              role="listitem"
              style={{
                position: 'absolute',
                inset: '0 0 auto',
                transform: `translateY(${start - rows.options.scrollMargin}px)`,
              }}
            >
              {flow && <FlowRow flow={flow} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Nothing({ query }: { readonly query: LibraryQuery }): ReactElement {
  const filtered = query.search !== '' || query.format !== '' || query.activity !== '';
  return (
    <Stack align="center" py="xl" gap={4}>
      <Text fw={600}>{filtered ? 'Nothing matches' : 'The store is empty'}</Text>
      <Text size="sm" c="dimmed" ta="center">
        {filtered
          ? 'Search for less, or take a filter away.'
          : 'Drop a media file on this page, or put media in by the API: it appears here.'}
      </Text>
    </Stack>
  );
}
