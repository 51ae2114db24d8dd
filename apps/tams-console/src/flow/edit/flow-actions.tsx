import { Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import type { FlowOverview } from '../../api/models';
import { RightButton } from '../../parts/right-button';
import { DeleteDialog } from './delete-dialog';
import { EditDialog } from './edit-dialog';

/** What can be done to a Flow as a whole. */
export function FlowActions({ flow }: { readonly flow: FlowOverview }): ReactElement {
  const [editing, edit] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  return (
    <Group gap="xs">
      <RightButton
        right="write"
        variant="default"
        leftSection={<IconPencil size={16} aria-hidden />}
        onClick={edit.open}
      >
        Edit
      </RightButton>
      <RightButton
        right="delete"
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        obstacle={flow.read_only ? 'This Flow is read-only.' : undefined}
        onClick={remove.open}
      >
        Delete
      </RightButton>
      {editing && <EditDialog flowId={flow.id} onClose={edit.close} />}
      {deleting && <DeleteDialog flow={flow} onClose={remove.close} />}
    </Group>
  );
}
