import { Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type SyntheticEvent, useState } from 'react';
import { api } from '../api/client';
import { FormEnd } from '../parts/form-end';

interface EditProperties {
  readonly name: string;
  readonly description: string;
  readonly onClose: () => void;
}

/** Changes what the server is called. */
export function EditService({ name, description, onClose }: EditProperties): ReactElement {
  const client = useQueryClient();
  const [change, setChange] = useState({ name, description });
  const save = useMutation({
    mutationFn: () => api.POST('/service', { body: change as never }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['service'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Edit service">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            data-autofocus
            value={change.name}
            onChange={(event) => {
              setChange({ ...change, name: event.currentTarget.value });
            }}
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            value={change.description}
            onChange={(event) => {
              setChange({ ...change, description: event.currentTarget.value });
            }}
          />
          <FormEnd verb="Save" action={save} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
