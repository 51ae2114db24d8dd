import { Loader, Modal, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type SyntheticEvent, useState } from 'react';
import { api, body } from '../../api/client';
import { FormEnd } from '../../parts/form-end';
import { ProblemAlert } from '../../parts/problem-alert';
import { changeFlow, type FlowChange } from './edit-flow';
import { tagLines } from './tag-lines';

interface DialogProperties {
  readonly flowId: string;
  readonly onClose: () => void;
}

const statuses = ['awaiting_content', 'ingesting', 'replication_in_progress', 'closed_complete'].map((value) => ({
  value,
  label: value.replaceAll('_', ' '),
}));

/** Changes what people say of a Flow. */
export function EditDialog({ flowId, onClose }: DialogProperties): ReactElement {
  // Read when the dialog opens: what is changed is what was seen.
  const flow = useQuery({
    queryKey: ['flow', flowId, 'edit'],
    queryFn: ({ signal }) => body(api.GET('/flows/{flowId}', { params: { path: { flowId } }, signal })),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Modal opened onClose={onClose} title="Edit Flow" size="lg">
      {flow.isPending && <Loader aria-label="Loading" />}
      {flow.error && <ProblemAlert error={flow.error} retry={() => void flow.refetch()} />}
      {flow.data && <EditForm flowId={flowId} flow={flow.data} onClose={onClose} />}
    </Modal>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function EditForm({
  flowId,
  flow,
  onClose,
}: DialogProperties & { readonly flow: Readonly<Record<string, unknown>> }): ReactElement {
  const client = useQueryClient();
  const [change, setChange] = useState<FlowChange>({
    label: textOf(flow['label']),
    description: textOf(flow['description']),
    status: textOf(flow['status']),
    read_only: flow['read_only'] === true,
    tags: tagLines((flow['tags'] ?? {}) as Record<string, string>),
  });
  const save = useMutation({
    mutationFn: () => changeFlow(flowId, textOf(flow['metadata_version']), change),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['flow', flowId] });
      await client.invalidateQueries({ queryKey: ['library'] });
      onClose();
    },
  });
  const set = (part: Partial<FlowChange>): void => {
    setChange((before) => ({ ...before, ...part }));
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Label"
          data-autofocus
          value={change.label}
          onChange={(event) => {
            set({ label: event.currentTarget.value });
          }}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxRows={8}
          value={change.description}
          onChange={(event) => {
            set({ description: event.currentTarget.value });
          }}
        />
        <Select
          label="Status"
          data={statuses}
          clearable
          value={change.status === '' ? null : change.status}
          onChange={(value) => {
            set({ status: value ?? '' });
          }}
        />
        <Textarea
          label="Tags"
          description="One a line: name: value"
          autosize
          minRows={2}
          maxRows={10}
          classNames={{ input: 'mono' }}
          value={change.tags}
          onChange={(event) => {
            set({ tags: event.currentTarget.value });
          }}
        />
        <Switch
          label="Read-only"
          description="Nobody can change or delete the Flow or its Segments until it is switched off."
          checked={change.read_only}
          onChange={(event) => {
            set({ read_only: event.currentTarget.checked });
          }}
        />
        <FormEnd verb="Save" action={save} onClose={onClose} />
      </Stack>
    </form>
  );
}
