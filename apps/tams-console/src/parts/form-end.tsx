import { Button, Group } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ProblemAlert } from './problem-alert';

interface FormEndProperties {
  /** What sending the form does, as a verb. */
  readonly verb: string;
  readonly action: UseMutationResult<unknown, Error, void>;
  readonly disabled?: boolean;
  readonly onClose: () => void;
}

/** The end of a form in a dialog: what went wrong, a way out, and the button that sends it. */
export function FormEnd({ verb, action, disabled = false, onClose }: FormEndProperties): ReactElement {
  return (
    <>
      {action.error && <ProblemAlert error={action.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={action.isPending} disabled={disabled}>
          {verb}
        </Button>
      </Group>
    </>
  );
}
