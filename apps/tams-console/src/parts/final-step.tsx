import { Button, Group } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ProblemAlert } from './problem-alert';

interface FinalStepProperties {
  /** What is done, as a verb. */
  readonly verb: string;
  readonly action: UseMutationResult<unknown, Error, void>;
  readonly disabled?: boolean;
  readonly onClose: () => void;
}

/** The end of a dialog about what cannot be undone: what went wrong, a way out, and the button that does it. */
export function FinalStep({ verb, action, disabled = false, onClose }: FinalStepProperties): ReactElement {
  return (
    <>
      {action.error && <ProblemAlert error={action.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button
          color="red.8"
          disabled={disabled}
          loading={action.isPending}
          onClick={() => {
            action.mutate();
          }}
        >
          {verb}
        </Button>
      </Group>
    </>
  );
}
