import { Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useLocation } from 'wouter';
import { api, body } from '../../api/client';
import type { FlowOverview } from '../../api/models';
import { FinalStep } from '../../parts/final-step';
import { ProblemAlert } from '../../parts/problem-alert';
import { Consequences, useDeletionPreview } from './consequences';

interface DialogProperties {
  readonly flow: FlowOverview;
  readonly onClose: () => void;
}

/** Says what would go before it goes, and follows a deletion that takes long to its end. */
export function DeleteDialog({ flow, onClose }: DialogProperties): ReactElement {
  const [typed, setTyped] = useState('');
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const name = flow.label ?? flow.id;
  const leave = (): void => {
    void client.invalidateQueries({ queryKey: ['library'] });
    navigate('/');
  };
  const removal = useMutation({
    mutationFn: () => removeFlow(flow.id),
    onSuccess: (requestId) => {
      if (requestId === undefined) leave();
    },
  });
  const preview = useDeletionPreview(flow.id, removal.isIdle || removal.isError);
  const requestId = removal.data;
  return (
    <Modal opened onClose={onClose} title="Delete Flow" size="lg" closeOnClickOutside={!removal.isPending}>
      <Stack gap="sm">
        {requestId === undefined ? (
          <>
            <Consequences flow={flow} preview={preview} />
            <TextInput
              label={`Type “${name}” to delete it`}
              value={typed}
              data-autofocus
              onChange={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
            <FinalStep
              verb="Delete"
              action={removal}
              disabled={typed !== name || !preview.isSuccess}
              onClose={onClose}
            />
          </>
        ) : (
          <Following requestId={requestId} onDone={leave} />
        )}
      </Stack>
    </Modal>
  );
}

/** @returns the id of the deletion request; `undefined` when all is done already */
async function removeFlow(flowId: string): Promise<string | undefined> {
  const { response } = await api.DELETE('/flows/{flowId}', { params: { path: { flowId } } });
  if (response.status !== 202) return undefined;
  return response.headers.get('Location')?.split('/').at(-1);
}

interface DeletionRequest {
  readonly status: string;
  readonly timerange_to_delete?: string;
  readonly timerange_remaining?: string;
  readonly error?: { readonly summary?: string };
}

function Following({ requestId, onDone }: { readonly requestId: string; readonly onDone: () => void }): ReactElement {
  const request = useQuery({
    queryKey: ['deletion', requestId],
    queryFn: async ({ signal }) =>
      (await body(
        api.GET('/flow-delete-requests/{requestId}', { params: { path: { requestId } }, signal }),
      )) as DeletionRequest,
    refetchInterval: ({ state }) => (['done', 'error'].includes(state.data?.status ?? '') ? false : 1000),
  });
  if (request.error) return <ProblemAlert error={request.error} retry={() => void request.refetch()} />;
  const status = request.data?.status ?? 'created';
  if (status === 'done')
    return (
      <Group justify="space-between" role="status">
        <Text>Deleted.</Text>
        <Button onClick={onDone}>To the library</Button>
      </Group>
    );
  if (status === 'error')
    return <ProblemAlert error={new Error(request.data?.error?.summary ?? 'The deletion did not finish.')} />;
  return (
    <Stack gap={6} role="status">
      <Text size="sm">Deleting; you may close this, it goes on by itself.</Text>
      <Progress value={100} striped animated aria-label="Deletion" />
      {request.data?.timerange_remaining !== undefined && (
        <Text size="xs" c="dimmed" className="mono">
          {request.data.timerange_remaining} left
        </Text>
      )}
    </Stack>
  );
}
