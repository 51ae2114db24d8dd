import { Button, Card, Group, Loader, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useSearchParams } from 'wouter';
import { api, body } from '../api/client';
import { ProblemAlert } from '../parts/problem-alert';
import { useMissingRight } from '../session/use-me';
import { AuditTable } from './audit-table';

/** Lines read at once. */
const PAGE = 50;

/** What is looked for; empty texts look for everything. */
interface Sought {
  readonly resource: string;
  readonly principal: string;
}

/** Who changed what, and who was refused: of a resource, of somebody, or all. For administrators. */
export function AuditSearch(): ReactElement {
  const missing = useMissingRight('admin');
  const [parameters, setParameters] = useSearchParams();
  const sought = { resource: parameters.get('resource') ?? '', principal: parameters.get('principal') ?? '' };
  return (
    <Card withBorder id="audit">
      <Title order={2} size="h4" mb="xs">
        Who changed what
      </Title>
      {missing === undefined ? (
        <Stack gap="xs">
          <Form
            key={`${sought.resource} ${sought.principal}`}
            sought={sought}
            onSearch={({ resource, principal }) => {
              setParameters({ ...(resource !== '' && { resource }), ...(principal !== '' && { principal }) });
            }}
          />
          <Findings sought={sought} />
        </Stack>
      ) : (
        <Text size="sm">Administrators see it.</Text>
      )}
    </Card>
  );
}

interface FormProperties {
  readonly sought: Sought;
  readonly onSearch: (sought: Sought) => void;
}

function Form({ sought, onSearch }: FormProperties): ReactElement {
  const [resource, setResource] = useState(sought.resource);
  const [principal, setPrincipal] = useState(sought.principal);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSearch({ resource: resource.trim(), principal: principal.trim() });
      }}
    >
      <Group gap="xs" align="end">
        <TextInput
          label="Id of a Flow, a Source or another resource"
          maxLength={256}
          style={{ flex: '1 1 320px' }}
          value={resource}
          onChange={(event) => {
            setResource(event.currentTarget.value);
          }}
        />
        <TextInput
          label="By whom"
          maxLength={256}
          style={{ flex: '0 1 180px' }}
          value={principal}
          onChange={(event) => {
            setPrincipal(event.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default" leftSection={<IconSearch size={14} aria-hidden />}>
          Search
        </Button>
      </Group>
    </form>
  );
}

function Findings({ sought }: { readonly sought: Sought }): ReactElement {
  const found = useInfiniteQuery({
    queryKey: ['audit', sought],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET('/service/audit', {
          params: { query: { ...sought, limit: PAGE, ...(pageParam !== undefined && { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
  });
  if (found.error) return <ProblemAlert error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loader size="sm" aria-label="Loading the audit log" />;
  const lines = found.data.pages.flatMap((page) => page.lines);
  return (
    <Stack gap="xs">
      {lines.length > 0 && <AuditTable lines={lines} />}
      {lines.length === 0 && (
        <Text size="sm" c="dimmed">
          {found.hasNextPage ? 'Nothing in the latest part of the log.' : 'Nothing of it is in the log.'}
        </Text>
      )}
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {lines.length === 0 ? 'Search further back' : 'Show more'}
        </Button>
      )}
      {found.data.pages[0]?.kept_in === 'memory' && (
        <Text size="xs" c="dimmed">
          These are the latest lines of this process alone: AUDIT_LOG_FILE keeps them in a file.
        </Text>
      )}
    </Stack>
  );
}
