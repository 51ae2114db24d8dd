import { Alert, Badge, Card, Code, Group, Loader, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { BackendOverview, Reconciliation, StorageOverview } from '../api/models';
import { readConsole } from '../api/read-console';
import { Fact } from '../parts/facts';
import { writeDate } from '../parts/moment';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem-alert';
import { writeBytes, writeCount } from '../parts/write-bytes';
import { RetentionList } from './retention-list';

const INTERVAL = 10_000;

/** Where media lies, whether it is all there, and what goes next. */
export default function StoragePage(): ReactElement {
  const storage = useQuery({
    queryKey: ['storage'],
    queryFn: ({ signal }) => readConsole<StorageOverview>('/console/api/storage', {}, signal),
    refetchInterval: INTERVAL,
  });
  const { data, error } = storage;
  return (
    <Page title="Storage">
      {error && <ProblemAlert error={error} retry={() => void storage.refetch()} />}
      {storage.isPending && <Loader aria-label="Loading" />}
      {data && (
        <>
          {data.missing_instances > 0 && (
            <Alert color="red" variant="light" title="Bytes are missing" role="alert">
              {writeCount(data.missing_instances)} instances of objects are not where the index says.
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {data.backends.map((backend) => (
              <Backend key={backend.id} backend={backend} />
            ))}
            <Waiting storage={data} />
          </SimpleGrid>
          <RetentionList />
        </>
      )}
    </Page>
  );
}

function Backend({ backend }: { readonly backend: BackendOverview }): ReactElement {
  const { last_reconciliation: reconciliation } = backend;
  const store = [backend.provider, backend.store_product, backend.region].filter((part) => part !== undefined);
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {backend.label ?? backend.id}
        </Title>
        <Group gap={6}>
          {backend.default_storage === true && (
            <Badge variant="outline" color="gray" tt="none">
              default
            </Badge>
          )}
          <Badge color={backend.available ? 'teal.9' : 'red.9'} tt="none">
            {backend.available ? 'answers' : 'does not answer'}
          </Badge>
        </Group>
      </Group>
      <Stack gap={4}>
        {backend.problem !== undefined && <Text size="sm">{backend.problem}</Text>}
        <Room backend={backend} />
        <Fact name="Store">{store.join(' · ')}</Fact>
        <Fact name="Answers in">{backend.available && `${backend.latency_ms.toFixed(0)} ms`}</Fact>
        {reconciliation ? (
          <Findings found={reconciliation} />
        ) : (
          <Text size="sm" c="dimmed">
            Not compared with the index yet.
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function Room({ backend: { free_bytes: free, total_bytes: total } }: { readonly backend: BackendOverview }) {
  if (free === undefined || total === undefined) return null;
  const used = 1 - free / total;
  return (
    <Stack gap={4} mb={4}>
      <Progress value={used * 100} color={used > 0.9 ? 'red.8' : 'tape.7'} aria-label="Disk in use" />
      <Text size="xs" c="dimmed">
        {writeBytes(free)} of {writeBytes(total)} free
      </Text>
    </Stack>
  );
}

function Findings({ found }: { readonly found: Reconciliation }): ReactElement {
  const trouble = found.dangling + found.size_mismatches;
  return (
    <>
      <Fact name="Compared">{writeDate(found.finished)}</Fact>
      <Fact name="Holds">
        {writeCount(found.objects)} objects, {writeBytes(found.bytes)}
      </Fact>
      <Fact name="Unknown to the index">
        {found.orphans === 0 ? 'none' : `${writeCount(found.orphans)}, ${writeBytes(found.orphan_bytes)}`}
      </Fact>
      <Fact name="Missing or of another size">{trouble === 0 ? 'none' : <strong>{writeCount(trouble)}</strong>}</Fact>
      {found.problem !== undefined && <Text size="sm">{found.problem}</Text>}
    </>
  );
}

function Waiting({ storage }: { readonly storage: StorageOverview }): ReactElement {
  const { collection, moving, more_moving: more } = storage;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Waiting
      </Title>
      <Stack gap={4}>
        <Fact name="Allocated, not registered">{writeCount(collection.unregistered)}</Fact>
        <Fact name="Used by no Segment any more">{writeCount(collection.unreferenced)}</Fact>
        <Fact name="Being removed">{writeCount(collection.being_collected)}</Fact>
        <Fact name="Copied or deleted now">{`${writeCount(moving.length)}${more ? ' and more' : ''}`}</Fact>
        {moving.slice(0, 5).map(({ object_id: id, storage_id: storageId, state, since }) => (
          <Group key={`${id} ${storageId}`} gap={6} wrap="nowrap">
            <Badge size="sm" color="gray.8" tt="none">
              {state}
            </Badge>
            <Code className="clip">{id}</Code>
            <Text size="xs" c="dimmed">
              since {writeDate(since)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
