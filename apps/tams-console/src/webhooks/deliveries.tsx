import { Badge, Button, Loader, ScrollArea, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import { writeDate } from '../parts/moment';
import { ProblemAlert } from '../parts/problem-alert';

/** The latest deliveries that are shown. */
const LATEST = 30;
const INTERVAL = 5_000;

/** What a webhook was told last, and how often that was tried. */
export function Deliveries({ webhookId }: { readonly webhookId: string }): ReactElement {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['deliveries', webhookId],
    queryFn: ({ signal }) =>
      body(
        api.GET('/service/webhooks/{webhookId}/deliveries', {
          params: { path: { webhookId }, query: { limit: LATEST } },
          signal,
        }),
      ),
    refetchInterval: INTERVAL,
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (isPending) return <Loader size="sm" mt="sm" aria-label="Loading deliveries" />;
  if (data.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="sm">
        Nothing happened that it wants to know.
      </Text>
    );
  return (
    <ScrollArea mt="sm" viewportProps={{ tabIndex: 0, 'aria-label': 'Deliveries', role: 'region' }}>
      <Table miw={720}>
        <Table.Thead>
          <Table.Tr>
            {['Happened', 'Event', 'State', 'Attempts', 'Last answer', 'Again'].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.map(({ id, event_timestamp: happened, event_type: type, state, attempts, history }) => (
            <Table.Tr key={id}>
              <Table.Td>{writeDate(happened)}</Table.Td>
              <Table.Td>{type}</Table.Td>
              <Table.Td>
                <Badge size="sm" tt="none" color={state === 'delivered' ? 'teal.9' : 'gray.8'}>
                  {state}
                </Badge>
              </Table.Td>
              <Table.Td>{attempts}</Table.Td>
              <Table.Td>{history.at(-1)?.error ?? history.at(-1)?.status_code ?? ''}</Table.Td>
              <Table.Td>
                <ReplayButton webhookId={webhookId} deliveryId={id} name={type} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

interface ReplayProperties {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly name: string;
}

function ReplayButton({ webhookId, deliveryId, name }: ReplayProperties): ReactElement {
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () =>
      api.POST('/service/webhooks/{webhookId}/deliveries/{deliveryId}/replay', {
        params: { path: { webhookId, deliveryId } },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['deliveries', webhookId] }),
  });
  if (replay.error) return <ProblemAlert error={replay.error} />;
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Send ${name} again`}
      loading={replay.isPending}
      onClick={() => {
        replay.mutate();
      }}
    >
      Send again
    </Button>
  );
}
